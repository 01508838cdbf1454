import { setMaxListeners } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { Agent as HttpAgent, type AgentOptions, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { delimiter, dirname, join, resolve } from 'node:path';
import { KubeConfig, loadYaml } from '@kubernetes/client-node';
import { answered, failed, type Answer } from '../../src/failure.ts';
import { listAt, textAt } from '../../src/manifest/json.ts';
import { connectFailure, CredentialsError } from './failures.ts';

/** A cluster's address and how to prove who asks. */
export interface Connection {
  readonly context: string;
  readonly server: string;
  /** Credentials are asked for anew each time: tokens are renewed by whoever issued them. @throws CredentialsError */
  options(): Promise<RequestOptions>;
  /** aborted by {@link Connection.close} */
  readonly closed: AbortSignal;
  /** For good: what is on its way is broken off. */
  close(): void;
}

/** The context under which a process inside the cluster reaches it with its own identity. */
export const IN_CLUSTER = 'in-cluster';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * A kubeconfig's context, from the files that kubectl would read, or the identity of the pod that the process runs in.
 *
 * @param identity folder with the service account's token and certificate authority
 */
export function connectTo(env: Env, context: string, identity = SERVICE_ACCOUNT): Answer<Connection> {
  try {
    const config = context === IN_CLUSTER ? insideCluster(env, identity) : fromFiles(env, context);
    const cluster = config.getCurrentCluster();
    if (!cluster) throw new Error(`${context} names a cluster that the kubeconfig does not have`);
    return answered(connectionOf(config, context, cluster.server, cluster.proxyUrl !== undefined));
  } catch (error) {
    return failed(connectFailure(context, error));
  }
}

function fromFiles(env: Env, context: string): KubeConfig {
  const files = filesOf(env);
  const found = files.filter((file) => existsSync(file));
  if (found.length === 0)
    throw new Error(`there is no kubeconfig: looked at ${files.join(', ') || 'KUBECONFIG, HOME'}`);
  const configs = found.map(readConfig);
  const config = configs.find((c) => c.contexts.some(({ name }) => name === context));
  if (!config) {
    const names = configs.flatMap((c) => c.contexts.map(({ name }) => name));
    throw new Error(`${found.join(', ')} has no context ${context}; it has ${names.join(', ') || 'none'}`);
  }
  // a context may name a cluster or user of another file; of those of one name the first counts, as with kubectl
  for (const other of configs) {
    if (other === config) continue;
    const clusters = new Set(config.clusters.map(({ name }) => name));
    config.clusters.push(...other.clusters.filter(({ name }) => !clusters.has(name)));
    const users = new Set(config.users.map(({ name }) => name));
    config.users.push(...other.users.filter(({ name }) => !users.has(name)));
  }
  config.setCurrentContext(context);
  return config;
}

function filesOf(env: Env): readonly string[] {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (named.length > 0) return named;
  const home = env['HOME'] ?? env['USERPROFILE'];
  return home === undefined ? [] : [join(home, '.kube', 'config')];
}

function readConfig(file: string): KubeConfig {
  const config = new KubeConfig();
  const text = readFileSync(file, 'utf8');
  config.loadFromString(text);
  config.makePathsAbsolute(dirname(file));
  // the SDK looks for `token-file`; the kubeconfig's field is `tokenFile`, and its token is renewed where it stands
  for (const entry of listAt(loadYaml<unknown>(text), 'users')) {
    const tokenFile = textAt(entry, 'user', 'tokenFile');
    const at = config.users.findIndex(({ name }) => name === textAt(entry, 'name'));
    const user = config.users[at];
    if (tokenFile === undefined || !user) continue;
    config.users[at] = { ...user, authProvider: fileToken(resolve(dirname(file), tokenFile)) };
  }
  return config;
}

const fileToken = (tokenFile: string) => ({ name: 'tokenFile', config: { tokenFile } });

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

function insideCluster(env: Env, identity: string): KubeConfig {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  if (host === undefined || host === '') throw new Error('KUBERNETES_SERVICE_HOST is not set: this is no pod');
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: IN_CLUSTER, server, caFile: join(identity, 'ca.crt'), skipTLSVerify: false }],
    users: [{ name: IN_CLUSTER, authProvider: fileToken(join(identity, 'token')) }],
    contexts: [{ name: IN_CLUSTER, cluster: IN_CLUSTER, user: IN_CLUSTER }],
    currentContext: IN_CLUSTER,
  });
  return config;
}

/**
 * The SDK's credentials on sockets of our own: it makes an agent for every request, and with it a new TLS handshake;
 * ours is kept for as long as the certificates stay the same. A proxy's agent is taken as the SDK makes it.
 */
function connectionOf(config: KubeConfig, context: string, server: string, proxied: boolean): Connection {
  let kept: { readonly agent: HttpAgent; readonly mark: string } | undefined;
  const life = new AbortController();
  // one for each request under way, taken off again with it: no leak, however many there are
  setMaxListeners(0, life.signal);
  return {
    context,
    server,
    closed: life.signal,
    async options() {
      const options: RequestOptions & AgentOptions & Tls = { headers: {} };
      try {
        await config.applyToHTTPSOptions(options);
      } catch (error) {
        throw new CredentialsError(error instanceof Error ? error.message : String(error), { cause: error });
      }
      if (proxied) return options;
      const { ca, cert, key, servername, rejectUnauthorized } = options;
      const mark = JSON.stringify([ca, cert, key, servername, rejectUnauthorized].map((part) => String(part)));
      if (kept?.mark !== mark) {
        kept?.agent.destroy();
        const tls = Object.fromEntries(
          Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(([, value]) => value !== undefined),
        );
        const agent = server.startsWith('http:')
          ? new HttpAgent({ keepAlive: true })
          : new HttpsAgent({ keepAlive: true, ...tls });
        kept = { agent, mark };
      }
      return { ...options, agent: kept.agent };
    },
    close() {
      life.abort();
      kept?.agent.destroy();
      kept = undefined;
    },
  };
}

interface Tls {
  ca?: unknown;
  cert?: unknown;
  key?: unknown;
  servername?: string;
  rejectUnauthorized?: boolean;
}
