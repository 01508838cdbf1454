import { readFileSync } from 'node:fs';
import { Agent as HttpsAgent } from 'node:https';
import { createRequire } from 'node:module';
import type { ProviderParts } from '../../src/ports.ts';
import { descriptionsFor } from './descriptions.ts';
import { fieldsOf } from './fields.ts';
import { METHODS, type Api, type Method } from './methods.ts';

/** Sends one call and hands back what came; throws what the SDK throws. Never sends twice. */
export interface Transport {
  send(api: Api, request: object): Promise<unknown>;
  /** the project that the credentials name */
  project(): Promise<string>;
  /** difference between Google's clock and this one's at the last answer, in seconds; undefined before the first */
  skewS(): number | undefined;
}

/**
 * Google's own REST transport with Google's own descriptions, as `new …Client({ fallback: true })` puts them together,
 * without the generated client classes: these read, hash and build all 988 methods of Compute before the first call,
 * 2 s and 120 MB where a cycle uses two dozen. Credentials are Application Default Credentials.
 */
export function transport({ env, clock }: Pick<ProviderParts, 'env' | 'clock'>): Transport {
  const endpoint = endpointOf(env['GODWIT_GCP_ENDPOINT']);
  const gax = loadGax();
  const keyFilename = env['GOOGLE_APPLICATION_CREDENTIALS'];
  const auth = new gax.GoogleAuth({ scopes: [SCOPE], ...(keyFilename && { keyFilename }) });
  const stubs = new Map<string, Promise<Stub>>();
  let skewS: number | undefined;
  let watched: Promise<void> | undefined;

  const watch = async (): Promise<void> => {
    const { transporter } = await auth.getClient();
    const ca = env['GODWIT_CA_FILE'];
    if (ca !== undefined && ca !== '') {
      const agent = new HttpsAgent({ keepAlive: true, ca: certificatesIn(ca) });
      transporter.interceptors.request.add({
        resolved: async (options) => (options.url?.protocol === 'https:' ? Object.assign(options, { agent }) : options),
      });
    }
    transporter.interceptors.response.add({
      resolved: async (response) => {
        const at = Date.parse(response.headers.get('date') ?? '');
        if (!Number.isNaN(at)) skewS = (at - clock.now()) / 1000;
        return response;
      },
    });
  };

  const open = async ({ pack, service }: Method): Promise<Stub> => {
    // kept when it worked only: credentials may be put right while the process runs
    watched ??= watch().catch((error: unknown) => {
      watched = undefined;
      throw error;
    });
    await watched;
    const { home, host } = PACKS[pack];
    const client = new gax.GrpcClient({ auth, fallback: true });
    const where = endpoint ?? { servicePath: host, port: 443, protocol: 'https' };
    return client.createStub(rootOf(gax, pack).lookupService(`${home}.${service}`), { ...where });
  };
  const stubFor = (method: Method): Promise<Stub> => {
    const key = `${method.pack}.${method.service}`;
    const known = stubs.get(key);
    if (known) return known;
    const opened = open(method);
    stubs.set(key, opened);
    opened.catch(() => stubs.delete(key));
    return opened;
  };

  return {
    async send(api, request) {
      const method = METHODS[api];
      const stub = await stubFor(method);
      const call = stub[method.method.charAt(0).toLowerCase() + method.method.slice(1)];
      if (!call) throw new RangeError(`the SDK has no ${api}`);
      return new Promise((resolve, reject) => {
        call(request, {}, {}, (error, answer) => (error ? reject(error) : resolve(answer)));
      });
    },
    project: () => auth.getProjectId(),
    skewS: () => skewS,
  };
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

const require = createRequire(import.meta.url);

const PACKS = {
  compute: {
    describe: (): unknown => require('@google-cloud/compute/build/protos/protos.json'),
    home: 'google.cloud.compute.v1',
    host: 'compute.googleapis.com',
  },
  container: {
    describe: (): unknown => require('@google-cloud/container/build/protos/protos.json'),
    home: 'google.container.v1',
    host: 'container.googleapis.com',
  },
  billing: {
    describe: (): unknown => require('@google-cloud/billing/build/protos/protos.json'),
    home: 'google.cloud.billing.v1',
    host: 'cloudbilling.googleapis.com',
  },
} as const;

/** Of the SDK, what is used here; its own declarations are 32 MB. */
interface Gax {
  readonly GoogleAuth: new (options: object) => Auth;
  readonly GrpcClient: new (options: object) => {
    createStub(service: unknown, options: object): Promise<Stub>;
    loadProto(json: object): Root;
  };
}
interface Auth {
  getProjectId(): Promise<string>;
  getClient(): Promise<{ readonly transporter: Transporter }>;
}
interface Transporter {
  readonly interceptors: {
    readonly request: { add(interceptor: { resolved(options: Sent): Promise<Sent> }): void };
    readonly response: { add(interceptor: { resolved(response: Got): Promise<Got> }): void };
  };
}
interface Sent {
  readonly url?: URL;
}
interface Got {
  readonly headers: Headers;
}
interface Root {
  lookupService(name: string): unknown;
}
type Stub = Readonly<Record<string, Send | undefined>>;
type Send = (
  request: object,
  options: object,
  metadata: object,
  done: (error: Error | null, answer: unknown) => void,
) => void;

/** The one that the SDK itself uses, in the part that leaves gRPC out. */
function loadGax(): Gax {
  const sdk = createRequire(require.resolve('@google-cloud/compute/package.json'));
  const gax = createRequire(sdk.resolve('google-gax/fallback'));
  return { ...(sdk('google-gax/fallback') as Gax), ...(gax('google-auth-library') as Pick<Gax, 'GoogleAuth'>) };
}

/** Built once in a process: descriptions do not change. */
const roots = new Map<string, Root>();

function rootOf(gax: Gax, pack: Method['pack']): Root {
  const known = roots.get(pack);
  if (known) return known;
  const { describe, home } = PACKS[pack];
  const json = describe();
  const methods = new Map<string, string[]>();
  for (const used of Object.values(METHODS)) {
    if (used.pack === pack) methods.set(used.service, [...(methods.get(used.service) ?? []), used.method]);
  }
  const root = new gax.GrpcClient({ auth: {}, fallback: true }).loadProto(descriptionsFor(json, home, methods));
  roots.set(pack, root);
  return root;
}

interface Endpoint {
  readonly servicePath: string;
  readonly port: number;
  readonly protocol: string;
}

/**
 * An override takes credentials elsewhere: over https, or to this machine.
 *
 * @throws BadSetting
 */
function endpointOf(text: string | undefined): Endpoint | undefined {
  if (text === undefined || text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const loopback = url !== undefined && /^(?:127(?:\.\d+){3}|localhost|\[::1\])$/.test(url.hostname);
  if (!url || !(url.protocol === 'https:' || (url.protocol === 'http:' && loopback))) {
    const shown = text.replace(/\/\/[^/@]*@/, '//').slice(0, 60);
    throw new BadSetting(`GODWIT_GCP_ENDPOINT is ${shown}`, 'write a URL with https, or with http to this machine');
  }
  const protocol = url.protocol.slice(0, -1);
  return { servicePath: url.hostname, port: Number(url.port) || (protocol === 'https' ? 443 : 80), protocol };
}

/** Of the environment. */
class BadSetting extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'BadSetting';
    this.remedy = remedy;
  }
}

function certificatesIn(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BadSetting(`GODWIT_CA_FILE cannot be read: ${why}`, 'name a file of certificates as PEM');
  }
}

/** JSON for a request without what the decoder added: names of the members that are set, lists that are empty. */
export function asSent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asSent);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(fieldsOf(value))
      .filter(([name, item]) => !name.startsWith('_') && !(Array.isArray(item) && item.length === 0))
      .map(([name, item]) => [name, asSent(item)]),
  );
}
