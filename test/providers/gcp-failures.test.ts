import { describe, expect, it } from 'vitest';
import { failureOf, operationFailure } from '../../providers/gcp/failures.ts';
import { isOwnRequestId, labelOf, requestIdOf } from '../../providers/gcp/names.ts';
import { stateOf } from '../../providers/gcp/operations.ts';

const answer = (status: number, error: object, headers: Record<string, string> = {}) => ({
  message: 'Request failed',
  response: { status, headers: new Headers(headers), data: JSON.stringify({ error }) },
});
const reason = (name: string, message = 'no'): object => ({ code: 0, message, errors: [{ reason: name, message }] });

describe('what Google says no with', () => {
  it.each([
    ['a rate, in the old words', answer(403, reason('rateLimitExceeded')), { is: 'throttled' }],
    ['a rate, and for how long', answer(429, reason('x'), { 'retry-after': '7' }), { is: 'throttled', retryAfterS: 7 }],
    [
      'a permission, by its name',
      answer(403, reason('forbidden', "Required 'compute.instanceGroupManagers.update' permission for 'projects/p'")),
      { is: 'unauthorized', permission: 'compute.instanceGroupManagers.update' },
    ],
    [
      'an API that is switched off',
      answer(403, {
        message: 'Kubernetes Engine API has not been used: container.googleapis.com is disabled',
        details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED' }],
      }),
      { is: 'unauthorized', permission: 'container.googleapis.com (to be enabled in the project)' },
    ],
    ['an old token', answer(401, reason('authError')), { is: 'unauthorized' }],
    [
      'a quota, by its name and limit',
      answer(403, reason('quotaExceeded', "Quota 'N2_CPUS' exceeded.  Limit: 24.0 in region us-central1.")),
      { is: 'quota', quota: 'N2_CPUS', limit: 24 },
    ],
    ['a group that is not there', answer(404, reason('notFound')), { is: 'notFound' }],
    ['a name that is taken', answer(409, reason('alreadyExists')), { is: 'conflict' }],
    ['a fingerprint that is old', answer(412, reason('conditionNotMet')), { is: 'conflict' }],
    ['a cluster that is busy', answer(400, { status: 'FAILED_PRECONDITION', message: 'busy' }), { is: 'conflict' }],
    ['a resource that is not ready', answer(400, reason('resourceNotReady')), { is: 'conflict' }],
    ['a mistake of ours', answer(400, reason('invalid')), { is: 'invalid' }],
    ['trouble inside', answer(503, reason('backendError')), { is: 'transient' }],
    ['a page of a proxy', { message: '<html>', response: { status: 502, data: '<html>' } }, { is: 'transient' }],
    ['a reset', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), { is: 'transient' }],
    [
      'a certificate of somebody else',
      Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      { is: 'invalid' },
    ],
    ['half an answer', new SyntaxError('Unexpected end of JSON input'), { is: 'transient' }],
    ['no credentials', new Error('Could not load the default credentials. Browse to …'), { is: 'unauthorized' }],
    ['a code that nobody knows', answer(418, reason('teapot')), { is: 'invalid' }],
  ])('%s', (_what, error, kind) => {
    expect(failureOf('compute.instances.aggregatedList', error).kind).toEqual(kind);
  });

  it('keeps code, status and request id for whoever has to ask Google, on one line and without secrets', () => {
    const error = answer(403, {
      message: 'no\nfor -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- and ya29.a0AfH6SM',
      errors: [{ reason: 'forbidden' }],
      details: [{ '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: 'r-17' }],
    });
    expect(failureOf('compute.regions.list', error)).toEqual({
      kind: { is: 'unauthorized' },
      api: 'compute.regions.list',
      code: 'forbidden',
      status: 403,
      requestId: 'r-17',
      message: 'no for [key] and [token]',
    });
  });
});

describe('what stands in for an answer of Google', () => {
  const thrown = (message: string, code?: string): Error => Object.assign(new Error(message), code && { code });

  it.each([
    [
      thrown('Could not load the default credentials. Browse to …'),
      { code: 'NoCredentials', remedy: expect.stringContaining('gcloud auth application-default login') },
      'none at all',
    ],
    [
      thrown("ENOENT: no such file or directory, open '/nope.json'", 'ENOENT'),
      { kind: { is: 'unauthorized' }, remedy: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS') },
      'a key file that is not there',
    ],
    [
      thrown(
        'request to http://127.0.0.1:9/compute/v1/projects/p?x=1 failed, reason: connect ECONNREFUSED',
        'ECONNREFUSED',
      ),
      { message: 'http://127.0.0.1:9: connect ECONNREFUSED' },
      'who did not answer, without all that was asked',
    ],
    [
      { message: 'x', response: { status: 407, data: '<html>Proxy Authentication Required</html>' } },
      { kind: { is: 'invalid' }, remedy: expect.stringContaining('HTTPS_PROXY') },
      'a proxy',
    ],
    [
      { message: '<html><body><h1>502 Bad Gateway</h1>nginx</body></html>', response: { status: 502, data: '<html>' } },
      { message: '502 Bad Gateway nginx' },
      'a page’s words without its marks',
    ],
  ])('%o', (error, failure, _reason) => {
    expect(failureOf('compute.regions.list', error)).toMatchObject(failure);
  });
});

describe('what an operation says', () => {
  it.each([
    ['ZONE_RESOURCE_POOL_EXHAUSTED', { is: 'capacity', scope: 'type-in-zone' }],
    ['ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS', { is: 'capacity', scope: 'type-in-zone' }],
    ['GCE_STOCKOUT', { is: 'capacity', scope: 'type-in-zone' }],
    ['IP_SPACE_EXHAUSTED_WITH_DETAILS', { is: 'capacity', scope: 'subnet' }],
    ['QUOTA_EXCEEDED', { is: 'quota', quota: 'unnamed' }],
    ['RATE_LIMIT_EXCEEDED', { is: 'throttled' }],
    ['RESOURCE_IN_USE_BY_ANOTHER_RESOURCE', { is: 'conflict' }],
    ['UNSUPPORTED_OPERATION', { is: 'invalid' }],
    ['SOMETHING_NEW', { is: 'unknown' }],
  ])('%s', (code, kind) => {
    expect(operationFailure('compute.operation', { code, message: 'so it is' })).toMatchObject({ kind, code });
  });

  it('names a quota by its details where they came', () => {
    const details = [{ quotaInfo: { limitName: 'CPUS-PER-VM-FAMILY-per-project-region', limit: 16 } }];
    expect(operationFailure('x', { code: 'QUOTA_EXCEEDED', message: 'no', errorDetails: details }).kind).toEqual({
      is: 'quota',
      quota: 'CPUS-PER-VM-FAMILY-per-project-region',
      limit: 16,
    });
  });

  it.each([
    [
      'a refusal stands beside the status DONE',
      { status: 'DONE', error: { errors: [{ code: 'QUOTA_EXCEEDED' }] } },
      'failed',
    ],
    ['GKE has one error for all', { status: 'DONE', error: { code: 8, message: '[GCE_STOCKOUT]: no' } }, 'failed'],
    ['an empty error is none', { status: 'DONE', error: { errors: [] } }, 'done'],
    ['whatever else goes on', { status: 'PENDING' }, 'running'],
  ])('%s', (_why, operation, state) => {
    expect(stateOf(operation, 'x').state).toBe(state);
  });
});

describe('names', () => {
  it('spells a tag as a label can be spelled', () => {
    expect(labelOf('godwit.io/fleet')).toBe('godwit-io-fleet');
    expect(labelOf('IM_Fleet:eu')).toBe('im_fleet-eu');
    expect(labelOf('x'.repeat(80))).toHaveLength(63);
  });

  it('gives every attempt at an order the same request id, and every other order another', () => {
    const id = requestIdOf('op-1', 'resize');
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(requestIdOf('op-1', 'resize')).toBe(id);
    expect(new Set([id, requestIdOf('op-1', 'group'), requestIdOf('op-2', 'resize')]).size).toBe(3);
    expect([id, 'f81d4fae-7dec-51d0-a765-00a0c91e6bf6', undefined].map(isOwnRequestId)).toEqual([true, false, false]);
  });
});
