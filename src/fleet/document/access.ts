import { section, set } from './kinds/group.ts';
import { arn, context, projectId, queueUrl, resourceGroup, subscriptionId } from './kinds/account.ts';

const WHEN =
  'Its presence has Godwit ask the live cloud for prices, capacity and pools. Credentials never stand here: they come from where the vendor’s own tools look for them.';

/** Where a live cloud is reached. Secrets have no place in it. */
export const awsAccess = section(`How AWS is reached; {} where its credentials are all it takes. ${WHEN}`, {
  roleArn: arn(
    'The role to take on with the credentials found.',
    'arn:aws:iam::123456789012:role/godwit',
  ).exactOptional(),
  interruptionQueue: queueUrl(
    'The SQS queue that EventBridge sends interruption notices to. Left out: notices are not heard.',
    'https://sqs.us-east-1.amazonaws.com/123456789012/godwit-notices',
  ).exactOptional(),
});

export const azureAccess = section(`How Azure is reached. ${WHEN}`, {
  subscription: subscriptionId('The subscription that holds the pools.', '00000000-0000-0000-0000-000000000000'),
  resourceGroups: set(
    'Resource groups that hold the pools. Left out: all of the subscription’s.',
    'a resource group',
    resourceGroup('A resource group.', 'im-pools'),
  ).exactOptional(),
});

export const gcpAccess = section(`How Google Cloud is reached. ${WHEN}`, {
  project: projectId('The project that holds the pools.', 'im-production'),
});

export const contexts = set(
  'Contexts of the kubeconfig for the clusters whose nodes run here, or in-cluster for the one that Godwit itself runs in: what their nodes have, what daemonsets take and what runs on them is read there. Name all of them: a cluster that is not named is not missed. Left out: none is asked.',
  'a context',
  context('A context.', 'im-use1'),
);

export const ownContext = context(
  'Context of the kubeconfig for the cluster, or in-cluster for the one that Godwit itself runs in. Its presence has Godwit ask the live cluster.',
  'own-fra',
);
