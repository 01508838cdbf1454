import { formed } from './text.ts';

/** Names that accounts go by at their clouds, in the forms that the vendors document. */
export const arn = formed(
  'ARN',
  'the ARN of a role',
  /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/,
  'write it as IAM shows it, like arn:aws:iam::123456789012:role/godwit',
);

export const queueUrl = formed(
  'URL',
  'the URL of a queue',
  /^(?:https:\/\/[A-Za-z0-9.:-]{1,255}|http:\/\/(?:127\.0\.0\.1|localhost)(?::\d{1,5})?)\/[\w./-]{1,300}$/,
  'write it as SQS shows it, like https://sqs.us-east-1.amazonaws.com/123456789012/godwit-notices',
);

export const subscriptionId = formed(
  'subscription',
  'the id of a subscription',
  /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
  'write its id, as az account show prints it: 32 hex digits in five groups',
);

export const resourceGroup = formed(
  'resource group',
  'the name of a resource group',
  /^[\w.()-]{0,89}[\w()-]$/,
  'write its name, as az group list prints it',
);

export const projectId = formed(
  'project',
  'the id of a project',
  /^(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
  'write its id, not its name or number, as gcloud projects list prints it',
);

/** As `kubectl get` names it, with its kind between; `{market}` stands for the market's name. */
export const workload = formed(
  'workload',
  'a workload',
  /^[a-z0-9](?:[a-z0-9-]|\{market\})*\/[A-Z][A-Za-z]{0,62}\/(?:[a-z0-9.-]|\{market\})+$/,
  'write namespace/Kind/name, like im/Deployment/gateway-{market}',
);

/** Any name that a kubeconfig may hold: EKS writes whole ARNs, others user@cluster. */
export const context = formed(
  'context',
  'a context of the kubeconfig',
  /^[A-Za-z0-9][\w.@:/+=-]{0,254}$/,
  'write it as kubectl config get-contexts prints it',
);
