import { request as requestPlain, type RequestOptions } from 'node:http';
import { request } from 'node:https';
import { isIP } from 'node:net';
import { connect, type SecureContext } from 'node:tls';

type Env = Readonly<Record<string, string | undefined>>;

/** The proxy that the environment names for a host, read as Azure's SDKs read it. */
export function proxyFor({ protocol, hostname }: URL, env: Env): URL | undefined {
  const text = env.HTTPS_PROXY ?? env.https_proxy ?? env.ALL_PROXY ?? env.all_proxy ?? '';
  if (protocol !== 'https:' || text === '') return undefined;
  const spared = (env.NO_PROXY ?? env.no_proxy ?? '').split(',').map((entry) => entry.trim().replace(/^\*?\./, ''));
  const isSpared = spared.some(
    (name) => name === '*' || (name !== '' && (hostname === name || hostname.endsWith(`.${name}`))),
  );
  const url = text.includes('://') ? text : `http://${text}`;
  return isSpared || !URL.canParse(url) ? undefined : new URL(url);
}

/** Opens a tunnel through a proxy (CONNECT, RFC 9110) and speaks TLS to the target in it. */
export function tunnel(
  proxy: URL,
  target: URL,
  secureContext: SecureContext,
): NonNullable<RequestOptions['createConnection']> {
  return (_, done) => {
    const secure = proxy.protocol === 'https:';
    const account = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    const host = `${target.hostname}:${target.port || '443'}`;
    const ask = (secure ? request : requestPlain)({
      host: proxy.hostname,
      port: proxy.port || (secure ? 443 : 80),
      method: 'CONNECT',
      path: host,
      headers: {
        host,
        ...(proxy.username !== '' && { 'proxy-authorization': `Basic ${Buffer.from(account).toString('base64')}` }),
      },
    });
    const fail = (error: Error): void => (done as (error: Error) => void)(error);
    ask.on('error', fail);
    ask.on('connect', (response, socket) => {
      if (response.statusCode === 200) {
        const { hostname } = target;
        done(
          null,
          connect({ socket, host: hostname, secureContext, ...(isIP(hostname) === 0 && { servername: hostname }) }),
        );
        return;
      }
      socket.destroy();
      fail(Object.assign(new Error(`the proxy answered ${response.statusCode ?? 0}`), { code: 'ECONNREFUSED' }));
    });
    ask.end();
    return undefined;
  };
}
