import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { ComputeManagementClient } from '@azure/arm-compute';
import { ContainerServiceClient } from '@azure/arm-containerservice';
import { ClientSecretCredential, DefaultAzureCredential } from '@azure/identity';
import { allPages } from '../../src/calls/pages.ts';
import { wordsOf } from '../../src/calls/said.ts';
import { answered, failed, type Answer } from '../../src/failure.ts';
import type { CallAbout, ProviderParts } from '../../src/ports.ts';
import { failureOf } from './failures.ts';
import { sendJson, type HttpAnswer } from './https.ts';

/** One subscription, reached: the SDKs' clients and the few calls that they have not. */
export interface Azure {
  readonly subscription: string;
  readonly parts: ProviderParts;
  readonly compute: ComputeManagementClient;
  readonly aks: ContainerServiceClient;
  /** One call through the caller, which alone sends anything again: the clients' own retries are off. */
  ask<T>(about: About, send: () => Promise<T>): Promise<Answer<T>>;
  /** A listing to its end, each page a call of its own. */
  askAll<T>(about: About, list: () => Paged<T>): Promise<Answer<readonly T[]>>;
  /** A call to Azure Resource Manager that no SDK here has; `path` from the root, or a URL of its own host. */
  arm(about: About, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer<HttpAnswer>>;
}

export type About = Pick<CallAbout, 'api'> & Partial<Pick<CallAbout, 'region' | 'class' | 'attempts'>>;

/** A listing of the SDKs, as far as it is used here. */
interface Paged<T> {
  byPage(settings?: { continuationToken?: string }): AsyncIterableIterator<T[] & { continuationToken?: string }>;
}

/**
 * Connections by subscription, each made once. `GODWIT_AZURE_ENDPOINT` sends Resource Manager's calls elsewhere
 * (a private cloud, a test), `GODWIT_CA_FILE` names certificates to trust beside the usual ones.
 */
export function connections(parts: ProviderParts): (subscription: string | undefined) => Promise<Answer<Azure>> {
  const made = new Map<string, Promise<Answer<Azure>>>();
  return (account) => {
    const subscription = account ?? parts.env.AZURE_SUBSCRIPTION_ID;
    if (subscription === undefined || subscription === '') return Promise.resolve(noSubscription);
    // the SDK throws for a tenant or an authority that cannot be one: nothing of that may go by unheard
    const known = made.get(subscription) ?? connect(subscription, parts).catch(notConnected);
    made.set(subscription, known);
    // what was wrong may have been set right by the next time
    void known.then(({ ok }) => ok || made.delete(subscription));
    return known;
  };
}

const notAsked = (code: string, message: string, remedy: string): Answer<never> =>
  failed({ kind: { is: 'invalid' }, api: '', code, message, remedy });

const noSubscription = notAsked(
  'NoSubscription',
  'no subscription is named',
  'state it as access.subscription in the fleet file, or set AZURE_SUBSCRIPTION_ID',
);

const notConnected = (error: unknown): Answer<never> =>
  notAsked(
    'BadSettings',
    wordsOf(error instanceof Error ? error.message : String(error), 200),
    'check the AZURE_… variables',
  );

const PUBLIC = 'https://management.azure.com';

async function connect(subscription: string, parts: ProviderParts): Promise<Answer<Azure>> {
  const { env, caller } = parts;
  const endpoint = (env.GODWIT_AZURE_ENDPOINT ?? PUBLIC).replace(/\/+$/, '');
  // the SDK's bearer policy sends no token over plain http, on loopback neither
  if (!endpoint.startsWith('https://') || !URL.canParse(endpoint)) {
    const shown = wordsOf(endpoint.replace(/\/\/[^/@]*@/, '//'), 60);
    return notAsked('BadEndpoint', `GODWIT_AZURE_ENDPOINT is ${shown}`, 'write a URL with https');
  }
  const trusted = await trustedBy(env.GODWIT_CA_FILE);
  if (!trusted.ok) return trusted;
  const ca = trusted.value;
  const scope = `${env.GODWIT_AZURE_ENDPOINT === undefined ? PUBLIC : new URL(endpoint).origin}/.default`;
  const transport = { retryOptions: { maxRetries: 0 }, ...(ca !== undefined && { tlsOptions: { ca } }) };
  const credential = credentialOf(env, transport);
  const options = { ...transport, endpoint, credentials: { scopes: [scope] } };

  const about = ({ api, region = '', class: kind = 'read', attempts }: About): CallAbout => ({
    cloud: 'azure',
    account: subscription,
    region,
    class: kind,
    api,
    ...(attempts !== undefined && { attempts }),
  });
  const ask: Azure['ask'] = (of, send) => caller.call(about(of), send, failureOf(of.api));
  return answered({
    subscription,
    parts,
    compute: new ComputeManagementClient(credential, subscription, options),
    aks: new ContainerServiceClient(credential, subscription, options),
    ask,
    askAll: (of, list) =>
      allPages<ItemOf<typeof list>, string>((token) =>
        ask(of, async () => {
          const pages = list().byPage(token === undefined ? {} : { continuationToken: token });
          const page = await pages.next();
          const items = page.done === true ? [] : page.value;
          const next = page.done === true ? undefined : page.value.continuationToken;
          if (next !== undefined && next !== '' && !ownHost(next, endpoint)) throw strayLink(next);
          return { items, ...(next !== undefined && { next }) };
        }),
      ),
    arm: (of, method, path, body) =>
      ask(of, async () => {
        const url = path.startsWith('/') ? `${endpoint}${path}` : path;
        // a token is only ever sent to the host it is for
        if (!ownHost(url, endpoint)) throw strayLink(url);
        const token = await credential.getToken(scope);
        return sendJson({ method, url, body, ca, env, headers: { authorization: `Bearer ${token.token}` } });
      }),
  });
}

type ItemOf<L> = L extends () => Paged<infer T> ? T : never;

const ownHost = (url: string, endpoint: string): boolean =>
  URL.canParse(url) && new URL(url).origin === new URL(endpoint).origin;

const strayLink = (url: string): Error =>
  Object.assign(new Error(`a link leads away from Azure Resource Manager, to ${url.slice(0, 100)}`), {
    code: 'StrayLink',
  });

/** Node's own certificates and the file's; undefined = the usual ones. */
export async function trustedBy(file: string | undefined): Promise<Answer<string | undefined>> {
  if (file === undefined || file === '') return answered(undefined);
  try {
    return answered([...rootCertificates, await readFile(file, 'utf8')].join('\n'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return notAsked('NoCertificates', `GODWIT_CA_FILE can’t be read: ${why}`, 'name a file of certificates as PEM');
  }
}

type Transport = { readonly retryOptions: { readonly maxRetries: number }; readonly tlsOptions?: { ca: string } };

/**
 * A secret from the environment given, else whatever Azure's own tools would find: workload identity, managed
 * identity, a login on this machine. An authority of one's own is not looked up at Microsoft first.
 */
function credentialOf(
  env: ProviderParts['env'],
  transport: Transport,
): DefaultAzureCredential | ClientSecretCredential {
  const authorityHost = env.AZURE_AUTHORITY_HOST;
  const known = authorityHost === undefined || MICROSOFT.test(authorityHost);
  const options = {
    ...transport,
    ...(authorityHost !== undefined && { authorityHost }),
    ...(!known && { disableInstanceDiscovery: true }),
  };
  const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret } = env;
  return tenant && client && secret
    ? new ClientSecretCredential(tenant, client, secret, options)
    : new DefaultAzureCredential(options);
}

const MICROSOFT = /^https:\/\/login\.(microsoftonline\.(com|us)|partner\.microsoftonline\.cn|chinacloudapi\.cn)\/?$/;
