import { NO_SUCH_HOST, PROXY_LOGIN, wordsOf } from '../../src/calls/said.ts';
import type { Failure, FailureKind } from '../../src/failure.ts';

/**
 * What AWS said no with, in the product's words. Codes as the services' API references list them under "Errors"; a
 * code alone decides wherever it is known, the HTTP status only where it is not.
 */
export function failureOf(api: string, error: unknown): Failure {
  const seen = lookedInto(error);
  const kind = kindOf(seen.code, seen.message, seen);
  const remedy = remedyOf(seen);
  return {
    kind:
      kind.is === 'unauthorized' && !isNobody(seen) ? { ...kind, permission: permissionIn(seen.message) ?? api } : kind,
    api,
    code: seen.code,
    message: seen.status === PROXY_LOGIN.status ? PROXY_LOGIN.message : oneLine(seen.message),
    ...(remedy !== undefined && { remedy }),
    ...(seen.requestId !== undefined && { requestId: seen.requestId }),
    ...(seen.status !== undefined && { status: seen.status }),
  };
}

/** A code that came inside an answer: `Errors` of a fleet request, the message of a scaling activity. */
export function kindOfCode(code: string, message: string): FailureKind {
  return kindOf(code, message, {});
}

interface Seen {
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
  readonly status?: number;
  readonly retryAfterS?: number;
  /** nothing was answered: a reset, a deadline, no such host */
  readonly unanswered?: boolean;
}

function kindOf(
  code: string,
  message: string,
  { status, retryAfterS, unanswered }: Pick<Seen, 'status' | 'retryAfterS' | 'unanswered'>,
): FailureKind {
  const throttled: FailureKind = { is: 'throttled', ...(retryAfterS !== undefined && { retryAfterS }) };
  const bare = bareOf(code);
  if (THROTTLES.has(bare) || status === 429) return throttled;
  const scope = CAPACITY.get(bare);
  if (scope) return { is: 'capacity', scope };
  const quota = QUOTAS.get(bare);
  if (quota !== undefined) return { is: 'quota', quota, ...limitIn(message) };
  if (DENIED.has(bare)) return { is: 'unauthorized' };
  if (CONFLICTS.has(bare)) return { is: 'conflict' };
  if (MISSING.test(bare)) return { is: 'notFound' };
  if (bare === 'Validation' && /not found|does not exist/i.test(message)) return { is: 'notFound' };
  if (status === PROXY_LOGIN.status) return { is: 'invalid' };
  if (PASSING.has(bare) || unanswered === true) return { is: 'transient' };
  if (status !== undefined && status >= 500) return { is: 'transient' };
  if (INVALID.test(bare)) return { is: 'invalid' };
  if (status === 401 || status === 403) return { is: 'unauthorized' };
  if (status === 404) return { is: 'notFound' };
  // an answer that broke off or is not what the service speaks: reading it again may go better
  if (status === 200 || code === 'SyntaxError') return { is: 'transient' };
  return { is: 'unknown' };
}

const THROTTLES: ReadonlySet<string> = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'Throttled',
  'ThrottledException',
  'TooManyRequests',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'EC2ThrottledException',
  'EC2Throttled',
  'BandwidthLimitExceeded',
  'PriorRequestNotComplete',
]);

const CAPACITY: ReadonlyMap<string, (FailureKind & { is: 'capacity' })['scope']> = new Map([
  ['InsufficientInstanceCapacity', 'type-in-zone'],
  ['InsufficientHostCapacity', 'type-in-zone'],
  ['UnfulfillableCapacity', 'type-in-zone'],
  ['InsufficientCapacity', 'type-in-zone'],
  ['Unsupported', 'type-in-zone'],
  ['ReservationCapacityExceeded', 'type-in-zone'],
  ['SpotMaxPriceTooLow', 'type-in-zone'],
  ['InsufficientCapacityOnOutpost', 'zone'],
  ['InsufficientFreeAddressesInSubnet', 'subnet'],
] as const);

/** Code → the quota in the words of the Service Quotas console. */
const QUOTAS: ReadonlyMap<string, string> = new Map([
  ['VcpuLimitExceeded', 'EC2 running on-demand vCPUs of the family'],
  ['MaxSpotInstanceCountExceeded', 'EC2 spot vCPUs of the family'],
  ['SpotInstanceCountLimitExceeded', 'EC2 spot vCPUs of the family'],
  ['InstanceLimitExceeded', 'EC2 running instances'],
  ['MaxFleetCountExceeded', 'EC2 fleets'],
  ['FleetLimitExceeded', 'EC2 fleets'],
  ['PendingVerification', 'EC2 account verification'],
  ['LimitExceeded', 'Auto Scaling groups'],
  ['ResourceLimitExceeded', 'EKS node groups'],
  ['InstanceLimitExceededForGroup', 'EC2 running instances'],
]);

const DENIED: ReadonlySet<string> = new Set([
  'UnauthorizedOperation',
  'AccessDenied',
  'AuthFailure',
  'UnauthorizedAccess',
  'NotAuthorized',
  'InvalidClientTokenId',
  'UnrecognizedClient',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'RequestExpired',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'OptInRequired',
  'CredentialsProvider',
  'TokenProvider',
  'InvalidIdentityToken',
]);

/** Who asks is not known at all, so nothing that could be granted would help. */
const NOBODY: ReadonlyMap<string, string> = new Map([
  ['CredentialsProvider', 'log in (aws sso login), or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'],
  ['TokenProvider', 'log in again: aws sso login'],
  ['InvalidClientTokenId', 'check AWS_ACCESS_KEY_ID, or the profile that holds it'],
  ['UnrecognizedClient', 'check AWS_ACCESS_KEY_ID, or the profile that holds it'],
  ['AuthFailure', 'check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that the region is enabled in the account'],
  ['SignatureDoesNotMatch', 'check AWS_SECRET_ACCESS_KEY, or the profile that holds it, and the clock of this machine'],
  ['IncompleteSignature', 'check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for stray characters'],
  ['MissingAuthenticationToken', 'check AWS_ACCESS_KEY_ID, or the profile that holds it'],
  ['ExpiredToken', 'log in again, or renew AWS_SESSION_TOKEN'],
  ['InvalidIdentityToken', 'renew the token that AWS_WEB_IDENTITY_TOKEN_FILE names'],
  ['RequestExpired', 'set the clock of this machine, for instance with NTP'],
  ['OptInRequired', 'enable the service or the region in the account'],
]);

const bareOf = (code: string): string => code.replace(/(?:Exception|Fault|Error)$/, '');

const isNobody = ({ code }: Pick<Seen, 'code'>): boolean => NOBODY.has(bareOf(code));

function remedyOf({ code, status }: Seen): string | undefined {
  if (status === PROXY_LOGIN.status) return PROXY_LOGIN.remedy;
  return code === 'ENOTFOUND' ? NO_SUCH_HOST : NOBODY.get(bareOf(code));
}

const CONFLICTS: ReadonlySet<string> = new Set([
  'ScalingActivityInProgress',
  'ResourceContention',
  'ResourceInUse',
  'ResourceInUseException',
  'AlreadyExists',
  'IdempotentParameterMismatch',
  'InstanceRefreshInProgress',
  'IncorrectState',
  'OperationNotPermitted',
]);

const PASSING: ReadonlySet<string> = new Set([
  'InternalError',
  'Internal',
  'InternalFailure',
  'InternalServer',
  'InternalService',
  'Server',
  'ServerInternal',
  'ServiceUnavailable',
  'Service',
  'Unavailable',
  'RequestTimeout',
  'Timeout',
]);

const MISSING = /NotFound$|^InvalidInstanceID\.Malformed$|^QueueDoesNotExist$|NonExistentQueue$|^NoSuch/;
const INVALID =
  /^(?:Invalid|Missing|Malformed|Unknown|Unsupported|Validation|Parameter|BadRequest|Client|IllegalResource|DryRunOperation|NotImplemented)/;

function lookedInto(error: unknown): Seen {
  if (!(error instanceof Error)) return { code: 'Unknown', message: String(error) };
  const { $metadata, $response, Code, code, $fault } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  const after = $response?.headers?.['retry-after'];
  const retryAfterS = after === undefined ? Number.NaN : Number(after);
  const named = [Code, error.name].find((c) => c !== undefined && c !== '' && c !== 'Error') ?? code ?? 'Error';
  const broken = code !== undefined && SOCKET.test(code);
  // the SDK's word for an answer without a code, which a proxy's page is
  const wordless = /^Unknown(?:Error)?$/.test(named) && status !== undefined;
  return {
    code: wordless ? `HTTP ${status}` : (broken ? code : named).replace(/^.*#/, ''),
    message: wordless && /^Unknown(?:Error)?$/.test(error.message) ? '' : error.message,
    ...($metadata?.requestId !== undefined && { requestId: $metadata.requestId }),
    ...(status !== undefined && { status }),
    ...(Number.isFinite(retryAfterS) && retryAfterS >= 0 && { retryAfterS }),
    unanswered:
      broken ||
      (status === undefined &&
        $fault === undefined &&
        /timeout|aborted|socket|network/i.test(`${error.name} ${error.message}`)),
  };
}

const SOCKET = /^(?:ECONN|EPIPE|ETIMEDOUT|EAI_|ENOTFOUND|EHOST|ENET|ERR_STREAM|ERR_HTTP|UND_ERR)/;

interface SdkError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  readonly $fault?: string;
  readonly Code?: string;
  readonly code?: string;
}

/** `… is not authorized to perform: autoscaling:SetDesiredCapacity on resource …` */
const permissionIn = (message: string): string | undefined =>
  /not authorized to perform:? ([\w-]+:[A-Za-z]+)/.exec(message)?.[1];

/** `You have requested more vCPU capacity than your current vCPU limit of 32 allows …` */
function limitIn(message: string): { limit?: number } {
  const limit = Number(/limit of (\d+)/.exec(message)?.[1] ?? Number.NaN);
  return Number.isNaN(limit) ? {} : { limit };
}

/** An encoded authorization message is long and of no use to a reader. */
const oneLine = (text: string): string => wordsOf(text.replace(/Encoded authorization failure message: \S+/, ''));
