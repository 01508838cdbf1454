import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { PricingClient } from '@aws-sdk/client-pricing';
import { SavingsplansClient } from '@aws-sdk/client-savingsplans';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { failed, type Answer, type Failure } from '../../src/failure.ts';
import type { Access } from '../../src/fleet/fleet.ts';
import type { CallAbout, ProviderParts } from '../../src/ports.ts';
import type { Checked } from '../../src/trouble.ts';
import { lineOf } from '../../src/trouble.ts';
import { endpointOf, type ServiceName } from './endpoints.ts';
import { failureOf } from './failures.ts';

/** One set of credentials, and the clients made with it: one a service and region, kept while the process lives. */
export interface Session {
  readonly parts: ProviderParts;
  /** twelve digits where the fleet file tells, else `-`: the one that the credentials belong to */
  readonly account: string;
  ec2(region: string): EC2Client;
  autoScaling(region: string): AutoScalingClient;
  eks(region: string): EKSClient;
  sqs(region: string): SQSClient;
  quotas(region: string): ServiceQuotasClient;
  sts(region: string): STSClient;
  pricing(): PricingClient;
  savingsPlans(): SavingsplansClient;
  /** Sends within the rate of the call's class, again where that helps, and answers in the product's words. */
  ask<T>(about: Omit<CallAbout, 'cloud' | 'account'>, send: () => Promise<T>): Promise<Answer<T>>;
}

/** GetProducts and savings plans are served from a few regions only; this one has both. */
export const GLOBAL_REGION = 'us-east-1';

export function sessionOf(parts: ProviderParts, access: Access): Session {
  const clients = new Map<string, unknown>();
  const https = httpsOf(parts);
  const credentials = credentialsOf(parts, access, https);

  const config = (service: ServiceName, region: string) => {
    const endpoint = orThrow(endpointOf(parts.env, service));
    const key = service === 'STS' ? ownKeys(parts) : credentials;
    return {
      region,
      maxAttempts: 1, // the caller owns retries
      requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true, ...https },
      ...(endpoint !== undefined && { endpoint }),
      ...(key !== undefined && { credentials: key }),
    };
  };
  const kept = <C>(service: ServiceName, region: string, make: (c: ReturnType<typeof config>) => C): C => {
    const key = `${service} ${region}`;
    const known = clients.get(key) as C | undefined;
    if (known !== undefined) return known;
    const made = make(config(service, region));
    clients.set(key, made);
    return made;
  };

  const account = access.account ?? /^arn:[\w-]+:iam::(\d{12}):/.exec(access.roleArn ?? '')?.[1] ?? '-';
  return {
    parts,
    account,
    ec2: (region) => kept('EC2', region, (c) => new EC2Client(c)),
    autoScaling: (region) => kept('AUTO_SCALING', region, (c) => new AutoScalingClient(c)),
    eks: (region) => kept('EKS', region, (c) => new EKSClient(c)),
    sqs: (region) => kept('SQS', region, (c) => new SQSClient(c)),
    quotas: (region) => kept('SERVICE_QUOTAS', region, (c) => new ServiceQuotasClient(c)),
    sts: (region) => kept('STS', region, (c) => new STSClient(c)),
    pricing: () => kept('PRICING', GLOBAL_REGION, (c) => new PricingClient(c)),
    savingsPlans: () => kept('SAVINGSPLANS', GLOBAL_REGION, (c) => new SavingsplansClient(c)),
    ask: async (about, send) => {
      const wrong = endpointTrouble(parts, about.api);
      if (wrong) return failed(wrong);
      return parts.caller.call({ cloud: 'aws', account: account === '-' ? '' : account, ...about }, send, (error) =>
        failureOf(about.api, error),
      );
    },
  };
}

type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };

/** Keys named in the environment handed in; else the SDK looks where AWS's own tools do. */
function ownKeys({ env }: ProviderParts): Keys | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(token && { sessionToken: token }) };
}

/** Those of the role where one is named; the SDK asks again shortly before they end. */
function credentialsOf(
  parts: ProviderParts,
  { roleArn }: Access,
  https: ReturnType<typeof httpsOf>,
): Keys | (() => Promise<Keys & { expiration?: Date }>) | undefined {
  if (roleArn === undefined) return ownKeys(parts);
  const endpoint = endpointOf(parts.env, 'STS');
  const keys = ownKeys(parts);
  let made: STSClient | undefined;
  const client = (): STSClient => {
    const url = orThrow(endpoint);
    return (made ??= new STSClient({
      region: parts.env['AWS_REGION'] ?? GLOBAL_REGION,
      maxAttempts: 3, // not a call of the product's own: the SDK makes it in the middle of one
      requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true, ...https },
      ...(url !== undefined && { endpoint: url }),
      ...(keys && { credentials: keys }),
    }));
  };
  return async () => {
    const { Credentials: c } = await client().send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'godwit' }),
    );
    if (!c?.AccessKeyId || !c.SecretAccessKey) throw new Error(`no credentials came for ${roleArn}`);
    return {
      accessKeyId: c.AccessKeyId,
      secretAccessKey: c.SecretAccessKey,
      ...(c.SessionToken && { sessionToken: c.SessionToken }),
      ...(c.Expiration && { expiration: c.Expiration }),
    };
  };
}

function httpsOf({ env }: ProviderParts): { httpsAgent?: Agent } {
  const file = env['GODWIT_CA_FILE'];
  return file ? { httpsAgent: new Agent({ keepAlive: true, maxSockets: 50, ca: readFileSync(file) }) } : {};
}

/** A bad address is the user's mistake and a trouble like any other; the clients behind it are never made. */
function endpointTrouble(parts: ProviderParts, api: string): Failure | undefined {
  const endpoint = endpointOf(parts.env, SERVICES[api.split(':')[0] ?? ''] ?? 'EC2');
  const [first] = endpoint.ok ? [] : endpoint.troubles;
  return (
    first && {
      kind: { is: 'invalid' },
      api,
      code: 'InvalidEndpoint',
      message: `${first.file} is ${first.value ?? ''}: ${first.problem}`,
      remedy: first.remedy,
    }
  );
}

const SERVICES: Readonly<Record<string, ServiceName>> = {
  ec2: 'EC2',
  autoscaling: 'AUTO_SCALING',
  eks: 'EKS',
  pricing: 'PRICING',
  servicequotas: 'SERVICE_QUOTAS',
  sqs: 'SQS',
  savingsplans: 'SAVINGSPLANS',
  sts: 'STS',
};

function orThrow<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  throw new Error(checked.troubles.map(lineOf).join('\n'));
}
