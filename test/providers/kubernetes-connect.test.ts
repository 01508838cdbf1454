import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectTo } from '../../providers/kubernetes/connect.ts';
import { BadAnswer, CredentialsError, failureOf, Refusal } from '../../providers/kubernetes/failures.ts';
import { send } from '../../providers/kubernetes/http.ts';
import { selects } from '../../providers/kubernetes/selector.ts';
import { loopbackCertificate } from '../clouds/azure-certificate.ts';

let folder = '';
let server: Server;
let port = 0;
let asked: { path: string; token: string | undefined; socket: unknown }[] = [];
const mine = loopbackCertificate();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'godwit-connect-'));
  server = createServer(mine, (request, response) => {
    asked.push({ path: request.url ?? '', token: request.headers.authorization, socket: request.socket });
    response.setHeader('content-type', 'application/json');
    response.end('{"major":"1"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  await file('ca.crt', mine.cert);
  await file('token', 'identity-1');
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** The failure's kind and words, or the body. */
async function ask(env: Record<string, string>, context: string, identity?: string): Promise<unknown> {
  const connection = connectTo(env, context, identity);
  if (!connection.ok) return connection.failure;
  try {
    const { body } = await send(connection.value, { method: 'GET', path: '/version' });
    return body;
  } catch (error) {
    return failureOf('get /version', error);
  } finally {
    connection.value.close();
  }
}

const config = (parts: { clusters?: string; users?: string; contexts?: string }): string =>
  `apiVersion: v1\nkind: Config\nclusters: [${parts.clusters ?? ''}]\nusers: [${parts.users ?? ''}]\ncontexts: [${parts.contexts ?? ''}]\n`;
const trusted = (name: string): string =>
  `{ name: ${name}, cluster: { server: "https://127.0.0.1:${port}", certificate-authority: ca.crt } }`;

describe('the way to a cluster', () => {
  it('takes the identity of the pod it runs in, over TLS that is checked', async () => {
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) };
    expect(await ask(env, 'in-cluster', folder)).toEqual({ major: '1' });
    expect(asked).toMatchObject([{ path: '/version', token: 'Bearer identity-1' }]);
    expect(await ask({}, 'in-cluster', folder)).toMatchObject({ message: expect.stringContaining('this is no pod') });
  });

  it('trusts no other certificate, and does not try again', async () => {
    await file('other.crt', loopbackCertificate().cert);
    const path = await file(
      'untrusted.yaml',
      config({
        clusters: `{ name: c, cluster: { server: "https://127.0.0.1:${port}", certificate-authority: other.crt } }`,
        users: '{ name: u, user: { token: t } }',
        contexts: '{ name: x, context: { cluster: c, user: u } }',
      }),
    );
    expect(await ask({ KUBECONFIG: path }, 'x')).toMatchObject({
      kind: { is: 'invalid' },
      code: expect.stringMatching(/CERT|SIGN/),
    });
    expect(asked).toEqual([]);
  });

  it('puts a context together from several files, as kubectl does, with a token that is read where it stands', async () => {
    const user = await file('user.yaml', config({ users: '{ name: u, user: { tokenFile: user-token } }' }));
    await file('user-token', 'from-file');
    const rest = await file(
      'rest.yaml',
      config({ clusters: trusted('c'), contexts: '{ name: x, context: { cluster: c, user: u } }' }),
    );
    const env = { KUBECONFIG: [join(folder, 'absent.yaml'), user, rest].join(delimiter) };
    expect(await ask(env, 'x')).toEqual({ major: '1' });
    expect(asked.map(({ token }) => token)).toEqual(['Bearer from-file']);
    expect(await ask(env, 'y')).toMatchObject({
      kind: { is: 'invalid' },
      message: expect.stringContaining('it has x'),
    });
    expect(await ask({ KUBECONFIG: '/nowhere' }, 'x')).toMatchObject({ message: expect.stringContaining('/nowhere') });
  });

  it('sends no token over a line without TLS, unless the kubeconfig says so', async () => {
    const path = await file(
      'plain.yaml',
      config({
        clusters: `{ name: c, cluster: { server: "http://127.0.0.1:${port}" } }`,
        users: '{ name: u, user: { token: t } }',
        contexts: '{ name: x, context: { cluster: c, user: u } }',
      }),
    );
    expect(await ask({ KUBECONFIG: path }, 'x')).toMatchObject({ kind: { is: 'unauthorized' }, code: 'Credentials' });
    expect(asked).toEqual([]);
  });

  it('keeps its line open between calls', async () => {
    const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) };
    const connection = connectTo(env, 'in-cluster', folder);
    if (!connection.ok) throw new Error(connection.failure.message);
    for (let i = 0; i < 3; i += 1) await send(connection.value, { method: 'GET', path: '/version' });
    connection.value.close();
    expect(new Set(asked.map(({ socket }) => socket)).size).toBe(1);
  });
});

describe('what an API server’s no means', () => {
  const no = (status: number, reason: string, message = 'no', headers: Record<string, string> = {}) =>
    new Refusal(status, headers, { kind: 'Status', reason, message, code: status });
  it.each([
    ['no credentials', no(401, 'Unauthorized'), { is: 'unauthorized' }],
    ['not granted', no(403, 'Forbidden'), { is: 'unauthorized', permission: 'patch nodes' }],
    [
      'a namespace’s quota',
      no(403, 'Forbidden', 'pods "x" is forbidden: exceeded quota: team, requested'),
      { is: 'quota', quota: 'team' },
    ],
    ['nothing there', no(404, 'NotFound'), { is: 'notFound' }],
    ['written by somebody else', no(409, 'Conflict'), { is: 'conflict' }],
    ['a name that is taken', no(409, 'AlreadyExists'), { is: 'conflict' }],
    ['too old: the same question has the same answer', no(410, 'Expired'), { is: 'conflict' }],
    ['a body that is wrong', no(422, 'Invalid'), { is: 'invalid' }],
    ['too often', no(429, 'TooManyRequests', 'slow', { 'retry-after': '7' }), { is: 'throttled', retryAfterS: 7 }],
    [
      'a budget’s no, which does not pass by asking again',
      no(429, 'TooManyRequests', "violate the pod's disruption budget"),
      { is: 'conflict' },
    ],
    ['a webhook that does not answer', no(500, 'InternalError'), { is: 'transient' }],
    ['etcd has no leader', no(503, 'ServiceUnavailable'), { is: 'transient' }],
    ['an answer that broke off', new BadAnswer('half'), { is: 'transient' }],
    ['a socket that broke', Object.assign(new Error('reset'), { code: 'ECONNRESET' }), { is: 'transient' }],
    ['a certificate that ran out', Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }), { is: 'invalid' }],
    ['a plug-in for credentials that failed', new CredentialsError('aws: not found'), { is: 'unauthorized' }],
  ])('%s', (_why, error, kind) => {
    expect(failureOf('patch nodes', error)).toMatchObject({ kind, api: 'patch nodes' });
  });

  it('keeps the server’s code, status and audit id for whoever has to ask', () => {
    const error = no(409, 'Conflict', 'two\nlines', { 'audit-id': 'a-1' });
    expect(failureOf('patch nodes', error)).toMatchObject({
      code: 'Conflict',
      status: 409,
      requestId: 'a-1',
      message: 'two lines',
    });
  });
});

describe('label selectors', () => {
  const term = (operator: string, values: readonly string[] = []) => ({
    matchExpressions: [{ key: 'a', operator, values }],
  });
  it.each([
    ['an empty one takes all', {}, true],
    ['an absent one none', undefined, false],
    ['by value', { matchLabels: { a: '1' } }, true],
    ['by another value', { matchLabels: { a: '2' } }, false],
    ['one of', term('In', ['1', '2']), true],
    ['none of', term('NotIn', ['1']), false],
    ['there', term('Exists'), true],
    ['not there', term('DoesNotExist'), false],
    ['by an operator that nobody knows', term('Like', ['1']), false],
  ])('%s', (_why, selector, taken) => {
    expect(selects(selector, new Map([['a', '1']]))).toBe(taken);
  });
});
