import { NO_SUCH_HOST, PROXY_LOGIN, wordsOf } from '../../src/calls/said.ts';
import type { Failure, FailureKind } from '../../src/failure.ts';
import { HttpRefusal } from './https.ts';
import { listOf, membersOf, textOf } from './json.ts';

/**
 * Azure's no in the product's words. It comes in four shapes: the SDK's RestError, a refusal of {@link sendJson}, an
 * error of the identity package, and the body of a failed long-running operation ({@link failureOfOperation}).
 *
 * Codes go before the HTTP status: a lack of capacity and a quota both come as 409, which would be a conflict.
 */
export function failureOf(api: string): (error: unknown) => Failure {
  return (error) => {
    const said = saidBy(error);
    const remedy = said.remedy ?? (said.code === 'ENOTFOUND' ? NO_SUCH_HOST : undefined);
    return { kind: kindOf(said), api, ...withoutBlanks(said), ...(remedy !== undefined && { remedy }) };
  };
}

/** The `error` member of an operation's body: it has no status, because the poll itself went well. */
export function failureOfOperation(api: string, error: unknown, requestId?: string): Failure {
  const said: Said = { ...innermost(error), status: undefined, retryAfterS: undefined, requestId };
  return { kind: kindOf(said), api, ...withoutBlanks(said) };
}

interface Said {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterS: number | undefined;
  readonly bucket?: string | undefined;
  readonly remedy?: string;
}

function kindOf(said: Said): FailureKind {
  const { code, message, status } = said;
  if (status === 429 || THROTTLED.has(code)) {
    return { is: 'throttled', ...(said.retryAfterS !== undefined && { retryAfterS: said.retryAfterS }) };
  }
  const quota = quotaIn(code, message);
  if (quota) return quota;
  if (CAPACITY.has(code)) return { is: 'capacity', scope: 'type-in-zone' };
  if (SUBNET.has(code)) return { is: 'capacity', scope: 'subnet' };
  if (CONFLICT.has(code)) return { is: 'conflict' };
  if (TRANSIENT.has(code)) return { is: 'transient' };
  if (status !== undefined && status >= 500) return { is: 'transient' };
  if (UNAUTHORIZED.has(code) || status === 401 || status === 403) {
    const permission = /perform action '([^']+)'/.exec(message)?.[1];
    return { is: 'unauthorized', ...(permission !== undefined && { permission }) };
  }
  if (status === 404 || NOT_FOUND.has(code)) return { is: 'notFound' };
  if (status === 409 || status === 412) return { is: 'conflict' };
  if (status === 408) return { is: 'transient' };
  if (status === PROXY_LOGIN.status) return { is: 'invalid' };
  if (status === 400 || INVALID.has(code)) return { is: 'invalid' };
  return { is: 'unknown' };
}

/** Pools are zonal and of one size, so whatever could not be allocated is that size in that zone. */
const CAPACITY = new Set([
  'SkuNotAvailable',
  'AllocationFailed',
  'ZonalAllocationFailed',
  'OverconstrainedAllocationRequest',
  'OverconstrainedZonalAllocationRequest',
]);
const SUBNET = new Set(['SubnetIsFull', 'SubnetWithFullAddresses', 'InsufficientSubnetSize', 'SubnetIPsExhausted']);
const THROTTLED = new Set(['TooManyRequests', 'SubscriptionRequestsThrottled', 'ResourceRequestsThrottled']);
const CONFLICT = new Set([
  'PreconditionFailed',
  'ConditionNotMet',
  'EtagMismatch',
  'Conflict',
  'OperationPreempted',
  'AnotherOperationInProgress',
  'AnotherOperationIsInProgress',
]);
const UNAUTHORIZED = new Set([
  'AuthorizationFailed',
  'LinkedAuthorizationFailed',
  'InvalidAuthenticationToken',
  'InvalidAuthenticationTokenTenant',
  'ExpiredAuthenticationToken',
  'AuthenticationFailed',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
  'NoCredentials',
]);
const NOT_FOUND = new Set(['ResourceNotFound', 'ResourceGroupNotFound', 'ParentResourceNotFound', 'NotFound']);
const INVALID = new Set(['InvalidParameter', 'BadRequest', 'InvalidRequestContent', 'InvalidResourceReference']);
/** Codes of sockets, of the SDK's HTTP client, and of Azure's own insides. */
const TRANSIENT = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'REQUEST_SEND_ERROR',
  'PARSE_ERROR',
  'InternalServerError',
  'InternalExecutionError',
  'InternalOperationError',
  'NetworkingInternalOperationError',
  'RetryableError',
  'ServerTimeout',
  'ServiceUnavailable',
  'AADSTS90033',
  'NoLoginService',
]);

/**
 * A quota is usually `OperationNotAllowed`, which says many other things as well: only the message tells.
 * `… exceeding approved standardDSv5Family Cores quota … Current Limit: 100 …`, the same of `Total Regional Cores` and
 * `LowPriorityCores`, an older `… exceeding quota limit of … Maximum allowed: 20 …`, and AKS's
 * `Insufficient vcpu quota requested 12, remaining 10 for family standardDSv5Family for region …`.
 */
function quotaIn(code: string, message: string): FailureKind | undefined {
  if (!/quota/i.test(message) && !/quota/i.test(code)) return undefined;
  if (!QUOTA_CODES.has(code) && !/exceed\w* (approved|quota)|insufficient.*quota/i.test(message)) return undefined;
  const quota =
    /exceeding approved (.+?) quota/i.exec(message)?.[1] ??
    /exceeding quota limits? of (.+?)[.,]/i.exec(message)?.[1] ??
    /for family (\w+)/i.exec(message)?.[1] ??
    code;
  const limit = /(?:Current Limit|Maximum allowed): (\d+)/i.exec(message)?.[1];
  return { is: 'quota', quota, ...(limit !== undefined && { limit: Number(limit) }) };
}

const QUOTA_CODES = new Set(['QuotaExceeded', 'InsufficientVCPUQuota', 'ErrCode_InsufficientVCPUQuota']);

function saidBy(error: unknown): Said {
  const nobody = saidOfLogin(error);
  if (nobody) return { status: undefined, requestId: undefined, retryAfterS: undefined, ...nobody };
  const said = saidByAzure(error);
  return said.status === PROXY_LOGIN.status ? { ...said, code: 'HTTP 407', ...PROXY_LOGIN } : said;
}

/**
 * The identity package tells of each way that it tried at length. What counts is the one that was set up and failed;
 * where none was, that there is none.
 */
function saidOfLogin(error: unknown): Pick<Said, 'code' | 'message' | 'remedy'> | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  if (name === 'AggregateAuthenticationError') {
    const tried = listOf(membersOf(error).errors).filter((e) => e instanceof Error);
    const told = tried.find((e) => e.name !== 'CredentialUnavailableError');
    if (told) return { code: told.name, message: oneLine(told.message), remedy: CHECK_LOGIN };
    return {
      code: 'NoCredentials',
      message: 'neither the environment, nor a workload or managed identity, nor a login on this machine has any',
      remedy: 'log in (az login), or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET',
    };
  }
  if (name === 'CredentialUnavailableError' && /endpoints_resolution_error|network_error/.test(message)) {
    return {
      code: 'NoLoginService',
      message: 'the login service that gives tokens could not be reached, or is not one',
      remedy: 'check AZURE_AUTHORITY_HOST, the proxy, and GODWIT_CA_FILE where its certificate is your own',
    };
  }
  // its message ends in ids and times, which no two runs have alike
  if (name === 'AuthenticationError')
    return { code: name, message: oneLine(message.replace(/\s*Trace ID:.*$/s, '')), remedy: CHECK_LOGIN };
  return undefined;
}

const CHECK_LOGIN = 'check AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret, or log in again (az login)';

function saidByAzure(error: unknown): Said {
  // the SDKs read what they expect without looking: a page of something in between has none of it
  if (error instanceof TypeError || error instanceof SyntaxError) {
    const message = 'the answer is not Azure’s: something on the way may have written it';
    return { code: 'PARSE_ERROR', message, status: undefined, requestId: undefined, retryAfterS: undefined };
  }
  if (error instanceof HttpRefusal) {
    const { status, headers, body } = error.answer;
    return { ...innermost(membersOf(body).error ?? body), status, ...fromHeaders((name) => headers[name]) };
  }
  const rest = membersOf(error);
  const response = membersOf(rest.response);
  const get = headersIn(response.headers);
  const status = typeof rest.statusCode === 'number' ? rest.statusCode : Number(response.status) || undefined;
  const body = membersOf(rest.details).error ?? membersOf(response.body).error ?? textBody(response.bodyAsText);
  const told = body === undefined ? undefined : innermost(body);
  const own = error instanceof Error ? error : undefined;
  return {
    code: told?.code || textOf(rest.code) || own?.name || 'Error',
    message: told?.message || oneLine(own?.message ?? 'no message'),
    status,
    ...fromHeaders(get),
  };
}

/** The SDKs hold headers as an object with `get`, or plainly by name. */
function headersIn(headers: unknown): (name: string) => string | undefined {
  const get = membersOf(headers).get;
  if (typeof get === 'function') return (name) => textOf((get as (name: string) => unknown).call(headers, name));
  return (name) => textOf(membersOf(headers)[name]);
}

function fromHeaders(get: (name: string) => string | undefined): Pick<Said, 'requestId' | 'retryAfterS' | 'bucket'> {
  const after = get('retry-after');
  const retryAfterS = after !== undefined && /^\d+$/.test(after) ? Number(after) : undefined;
  return {
    requestId: get('x-ms-request-id') ?? get('x-ms-correlation-request-id'),
    retryAfterS,
    // `Microsoft.Compute/HighCostGetVMScaleSet3Min;0`: which of Azure's many buckets is empty
    bucket: get('x-ms-ratelimit-remaining-resource'),
  };
}

function textBody(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return membersOf(JSON.parse(text)).error;
  } catch {
    return undefined;
  }
}

/**
 * The code that says why. AKS and deployments wrap it: `{code: 'CreateVMSSAgentPoolFailed', details: [{code:
 * 'ZonalAllocationFailed'}]}`, or in the message as `Code="ZonalAllocationFailed" Message="…"`.
 */
function innermost(error: unknown, depth = 0): { code: string; message: string } {
  const { code, message, details, innererror } = membersOf(error);
  const own = { code: textOf(code) ?? '', message: oneLine(textOf(message) ?? '') };
  const inner = [...listOf(details), innererror].filter((part) => textOf(membersOf(part).code) !== undefined);
  const known = (c: { code: string; message: string }): boolean =>
    CAPACITY.has(c.code) || SUBNET.has(c.code) || quotaIn(c.code, c.message) !== undefined;
  if (known(own) || depth > 4) return own;
  const nested = inner.map((part) => innermost(part, depth + 1));
  const quoted = [...own.message.matchAll(/Code=\\?"(\w+)\\?"/g)].map(([, c]) => ({
    code: c ?? '',
    message: own.message,
  }));
  const telling = [...nested, ...quoted].find(known);
  if (telling) return telling;
  return own.code === '' && nested[0] ? nested[0] : own;
}

const oneLine = (text: string): string => wordsOf(text, 500);

function withoutBlanks({ code, message, status, requestId, bucket }: Said): Omit<Failure, 'kind' | 'api'> {
  return {
    code: code === '' ? 'Error' : code,
    message: status === 429 && bucket !== undefined ? `${message} (${oneLine(bucket)})` : message,
    ...(requestId !== undefined && { requestId }),
    ...(status !== undefined && { status }),
  };
}
