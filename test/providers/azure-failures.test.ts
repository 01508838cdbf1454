import { describe, expect, it } from 'vitest';
import { failureOf, failureOfOperation } from '../../providers/azure/failures.ts';
import { HttpRefusal } from '../../providers/azure/https.ts';

/** As Azure words them; the reason is what would go wrong if they were mistaken. */
const ANSWERS: readonly {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly kind: object;
  readonly reason: string;
}[] = [
  {
    status: 409,
    code: 'SkuNotAvailable',
    message: 'The requested VM size for resource is currently not available in location "westeurope" zones "1".',
    kind: { is: 'capacity', scope: 'type-in-zone' },
    reason: 'a 409 that is no conflict: sending it again would not help',
  },
  {
    status: 409,
    code: 'OperationNotAllowed',
    message:
      'Operation could not be completed as it results in exceeding approved standardDLSv5Family Cores quota. Additional details - Deployment Model: Resource Manager, Location: eastus, Current Limit: 100, Current Usage: 56, Additional Required: 64, (Minimum) New Limit Required: 120.',
    kind: { is: 'quota', quota: 'standardDLSv5Family Cores', limit: 100 },
    reason: 'only the message tells a quota from everything else that is not allowed',
  },
  {
    status: 409,
    code: 'OperationNotAllowed',
    message:
      'Operation could not be completed as it results in exceeding approved LowPriorityCores quota. Additional details - Current Limit: 3, Current Usage: 0, Additional Required: 4',
    kind: { is: 'quota', quota: 'LowPriorityCores', limit: 3 },
    reason: 'spot has a quota of its own: on demand may still be had',
  },
  {
    status: 400,
    code: 'QuotaExceeded',
    message:
      'Operation results in exceeding quota limits of Core. Maximum allowed: 20, Current in use: 6, Additional requested: 40.',
    kind: { is: 'quota', quota: 'Core', limit: 20 },
    reason: 'the older wording',
  },
  {
    status: 400,
    code: 'ErrCode_InsufficientVCPUQuota',
    message: 'Insufficient vcpu quota requested 12, remaining 10 for family standardDSv5Family for region westeurope.',
    kind: { is: 'quota', quota: 'standardDSv5Family' },
    reason: 'AKS’s wording',
  },
  {
    status: 409,
    code: 'OperationNotAllowed',
    message: 'Operation is not allowed because there is an in progress update managed cluster operation.',
    kind: { is: 'conflict' },
    reason: 'the same code again, and no quota',
  },
  {
    status: 429,
    code: 'OperationNotAllowed',
    message: 'The server rejected the request because too many requests have been received for this subscription.',
    kind: { is: 'throttled' },
    reason: 'the same code, as throttling',
  },
  {
    status: 412,
    code: 'PreconditionFailed',
    message: 'Etag provided in if-match header does not match etag of resource.',
    kind: { is: 'conflict' },
    reason: 'somebody else was quicker',
  },
  {
    status: 403,
    code: 'AuthorizationFailed',
    message:
      "The client 'a' with object id 'b' does not have authorization to perform action 'Microsoft.Compute/virtualMachineScaleSets/write' over scope '/subscriptions/c' or the scope is invalid.",
    kind: { is: 'unauthorized', permission: 'Microsoft.Compute/virtualMachineScaleSets/write' },
    reason: 'names what to grant',
  },
  {
    status: 404,
    code: 'ResourceNotFound',
    message: 'The Resource was not found.',
    kind: { is: 'notFound' },
    reason: 'gone is not broken',
  },
  {
    status: 500,
    code: 'InternalExecutionError',
    message: 'An internal execution error occurred.',
    kind: { is: 'transient' },
    reason: 'may pass',
  },
  {
    status: 400,
    code: 'SubnetIsFull',
    message: 'Subnet s with address prefix 10.0.0.0/24 does not have enough capacity for 4 IP addresses.',
    kind: { is: 'capacity', scope: 'subnet' },
    reason: 'another size in that subnet would not help either',
  },
  {
    status: 418,
    code: 'BrandNewCode',
    message: 'never seen',
    kind: { is: 'unknown' },
    reason: 'reported as unknown, never guessed',
  },
];

describe('an answer of Azure in the product’s words', () => {
  it.each(ANSWERS)('$status $code: $reason', ({ status, code, message, kind }) => {
    const headers = { 'x-ms-request-id': 'r-1' };
    const refusal = new HttpRefusal({ status, headers, body: { error: { code, message } } });
    expect(failureOf('some.call')(refusal)).toEqual({
      kind,
      api: 'some.call',
      code,
      message,
      status,
      requestId: 'r-1',
    });
    // the SDK's own error, with headers that have to be asked
    const rest = Object.assign(new Error(message), {
      code,
      statusCode: status,
      response: { headers: { get: (name: string) => (name === 'x-ms-request-id' ? 'r-1' : undefined) } },
    });
    expect(failureOf('some.call')(rest)).toEqual({ kind, api: 'some.call', code, message, status, requestId: 'r-1' });
  });

  const named = (name: string, message: string, more: object = {}): Error =>
    Object.assign(new Error(message), { name }, more);
  const unavailable = named(
    'CredentialUnavailableError',
    'EnvironmentCredential is unavailable. To troubleshoot, visit …',
  );

  it.each([
    {
      error: named('AggregateAuthenticationError', `failed.\n${'x '.repeat(900)}`, {
        errors: [unavailable, unavailable],
      }),
      failure: { kind: { is: 'unauthorized' }, code: 'NoCredentials', remedy: expect.stringContaining('az login') },
      reason: 'each way tried is told of at length, and none of them was set up',
    },
    {
      error: named('AggregateAuthenticationError', 'failed', {
        errors: [unavailable, named('AuthenticationError', 'AADSTS700082: the refresh token has expired')],
      }),
      failure: { kind: { is: 'unauthorized' }, message: 'AADSTS700082: the refresh token has expired' },
      reason: 'the one that was set up is the one to tell of',
    },
    {
      error: named('AuthenticationError', 'AADSTS7000215: Invalid client secret provided. Trace ID: 1 Timestamp: 2'),
      failure: {
        kind: { is: 'unauthorized' },
        message: 'AADSTS7000215: Invalid client secret provided.',
        remedy: expect.stringContaining('AZURE_CLIENT_ID'),
      },
      reason: 'a wrong secret',
    },
    {
      error: named(
        'CredentialUnavailableError',
        'endpoints_resolution_error: See https://aka.ms/msal.js.errors for details',
      ),
      failure: {
        kind: { is: 'transient' },
        code: 'NoLoginService',
        remedy: expect.stringContaining('AZURE_AUTHORITY_HOST'),
      },
      reason: 'no answer of the login service says nothing of the credentials',
    },
    {
      error: new TypeError("Cannot read properties of undefined (reading 'map')"),
      failure: { kind: { is: 'transient' }, code: 'PARSE_ERROR', message: expect.stringContaining('not Azure’s') },
      reason: 'a page in place of a listing, which the SDK reads without looking',
    },
    {
      error: new HttpRefusal({ status: 407, headers: {}, body: { error: { message: '<html>Proxy</html>' } } }),
      failure: { kind: { is: 'invalid' }, code: 'HTTP 407', remedy: expect.stringContaining('HTTPS_PROXY') },
      reason: 'a proxy, which sending again does not change',
    },
    {
      error: new HttpRefusal({
        status: 502,
        headers: {},
        body: { error: { message: '<html><h1>502 Bad Gateway</h1></html>' } },
      }),
      failure: { kind: { is: 'transient' }, message: '502 Bad Gateway' },
      reason: 'a page’s words without its marks',
    },
  ])('$failure.kind.is: $reason', ({ error, failure }) => {
    expect(failureOf('some.call')(error)).toMatchObject(failure);
  });

  it('keeps how long to wait, and which bucket is empty', () => {
    const headers = {
      'retry-after': '17',
      'x-ms-ratelimit-remaining-resource': 'Microsoft.Compute/HighCostGetVMScaleSet3Min;0',
    };
    const body = { error: { code: 'TooManyRequests', message: 'slow down' } };
    const failure = failureOf('x')(new HttpRefusal({ status: 429, headers, body }));
    expect(failure.kind).toEqual({ is: 'throttled', retryAfterS: 17 });
    expect(failure.message).toContain('HighCostGetVMScaleSet3Min');
  });

  it.each([
    ['ECONNRESET', 'a socket that broke'],
    ['REQUEST_SEND_ERROR', 'the SDK’s name for it'],
    ['PARSE_ERROR', 'an answer that breaks off'],
  ])('takes %s for something that may pass: %s', (code) => {
    expect(failureOf('x')(Object.assign(new Error('no'), { code })).kind).toEqual({ is: 'transient' });
  });

  it.each([[undefined], [null], ['text'], [42], [{}]])('makes a failure of %j too', (thrown) => {
    expect(failureOf('x')(thrown)).toMatchObject({ kind: { is: 'unknown' }, api: 'x' });
  });
});

describe('the body of an operation that failed', () => {
  it.each([
    [
      { code: 'ZonalAllocationFailed', message: 'Allocation failed.' },
      { is: 'capacity', scope: 'type-in-zone' },
    ],
    [
      {
        code: 'CreateVMSSAgentPoolFailed',
        message: 'AKS could not',
        details: [{ code: 'OverconstrainedZonalAllocationRequest', message: 'Allocation failed.' }],
      },
      { is: 'capacity', scope: 'type-in-zone' },
    ],
    [
      {
        code: 'ReconcileVMSSAgentPoolFailed',
        message:
          'Code="AllocationFailed" Message="Allocation failed. VM(s) with the following constraints cannot be allocated."',
      },
      { is: 'capacity', scope: 'type-in-zone' },
    ],
    [{ code: 'VMExtensionProvisioningError', message: 'the extension timed out' }, { is: 'unknown' }],
    [undefined, { is: 'unknown' }],
  ])('%j', (error, kind) => {
    expect(failureOfOperation('operations.get', error).kind).toEqual(kind);
  });
});
