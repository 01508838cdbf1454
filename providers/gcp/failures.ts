import { NO_SUCH_HOST, PROXY_LOGIN, wordsOf } from '../../src/calls/said.ts';
import type { Failure, FailureKind } from '../../src/failure.ts';
import { printable } from '../../src/trouble.ts';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from './fields.ts';

/**
 * What a call threw. The transport throws Gaxios' own error where Google answered with a status, with the body as text
 * in it, and plain network errors where none came.
 *
 * Source: cloud.google.com/compute/docs/api/best-practices, google.aip.dev/193
 */
export function failureOf(api: string, error: unknown): Failure {
  const thrown = fieldsOf(error);
  const response = fieldsOf(thrown['response']);
  const status = numberOf(response['status']) ?? numberOf(thrown['status']);
  const body = bodyOf(response['data'] ?? thrown['message']);
  const said = textOf(body['message']) ?? textOf(thrown['message']) ?? String(error);
  if (status === undefined) {
    const code = networkCode(error);
    const kind = kindOfThrown(thrown, code, said);
    const remedy = remedyOf(kind, code, thrown);
    const named = kind.is === 'unauthorized' && code === 'Error' ? 'NoCredentials' : code;
    return { kind, api, code: named, message: oneLine(said), ...(remedy !== undefined && { remedy }) };
  }
  const headers = response['headers'];
  const retryAfterS = headers instanceof Headers ? numberOf(headers.get('retry-after') ?? undefined) : undefined;
  const code = reasonOf(body) ?? textOf(body['status']) ?? `HTTP ${status}`;
  const kind = kindOfAnswer(status, code, said, body, retryAfterS);
  if (status === PROXY_LOGIN.status) return { kind: { is: 'invalid' }, api, code, ...PROXY_LOGIN };
  const requestId = requestIdIn(body);
  const remedy = status === 401 ? LOG_IN : undefined;
  return {
    kind,
    api,
    code,
    message: oneLine(said),
    status,
    ...(requestId !== undefined && { requestId }),
    ...(remedy !== undefined && { remedy }),
  };
}

/** One entry of an operation's `error.errors`, or of a managed instance's last attempt. */
export function operationFailure(api: string, error: Fields): Failure {
  const code = textOf(error['code']) ?? 'UNKNOWN';
  const message = textOf(error['message']) ?? code;
  return { kind: kindOfCode(code, message, error), api, code, message: oneLine(message) };
}

const LOG_IN = 'log in (gcloud auth application-default login), or name a key file in GOOGLE_APPLICATION_CREDENTIALS';

/** Of what was found before anything was sent, or in place of an answer. */
function remedyOf(kind: FailureKind, code: string, { remedy }: Fields): string | undefined {
  if (kind.is === 'unauthorized') return LOG_IN;
  return code === 'ENOTFOUND' ? NO_SUCH_HOST : textOf(remedy);
}

function kindOfThrown(thrown: Fields, code: string, said: string): FailureKind {
  if (thrown['name'] === 'BadSetting') return { is: 'invalid' };
  // found before anything was sent: no file, no key, no metadata server
  if (/default credentials|does not exist, or it is not a file|invalid_grant|ENOENT|private_key/i.test(said)) {
    return { is: 'unauthorized' };
  }
  // who answers is not who should, and would not be the next time
  if (/CERT|SELF_SIGNED|UNABLE_TO|^ERR_TLS/.test(code)) return { is: 'invalid' };
  return thrown instanceof RangeError || thrown instanceof TypeError ? { is: 'unknown' } : { is: 'transient' };
}

function kindOfAnswer(
  status: number,
  code: string,
  message: string,
  body: Fields,
  retryAfterS: number | undefined,
): FailureKind {
  if (status === 429 || /rate_?limit_?exceeded/i.test(code)) {
    return { is: 'throttled', ...(retryAfterS !== undefined && { retryAfterS }) };
  }
  const known = kindOfKnownCode(code, message, body);
  if (known) return known;
  if (status === 401) return { is: 'unauthorized' };
  if (status === 403) {
    const permission = permissionIn(message, code);
    return { is: 'unauthorized', ...(permission !== undefined && { permission }) };
  }
  if (status === 404) return { is: 'notFound' };
  if (status === 409 || status === 412) return { is: 'conflict' };
  if (status === 408 || status >= 500) return { is: 'transient' };
  return { is: 'invalid' };
}

const kindOfCode = (code: string, message: string, error: Fields): FailureKind =>
  kindOfKnownCode(code, message, error) ?? { is: 'unknown' };

/** Codes of operations and of refused requests; the same names come in both, in capitals and in camel case. */
function kindOfKnownCode(code: string, message: string, error: Fields): FailureKind | undefined {
  const name = code.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
  if (/RATE_LIMIT|^OPERATION_RATE_EXCEEDED/.test(name)) return { is: 'throttled' };
  if (name.startsWith('IP_SPACE_EXHAUSTED')) return { is: 'capacity', scope: 'subnet' };
  if (/RESOURCE_POOL_EXHAUSTED|STOCKOUT|RESOURCE_EXHAUSTED_IN_ZONE/.test(name)) {
    return { is: 'capacity', scope: 'type-in-zone' };
  }
  if (/QUOTA/.test(name) || (name === 'RESOURCE_EXHAUSTED' && /quota/i.test(message))) return quotaOf(message, error);
  if (name === 'RESOURCE_EXHAUSTED') return { is: 'throttled' };
  if (/^(?:RESOURCE_NOT_READY|RESOURCE_IN_USE\w*|CONDITION_NOT_MET|FAILED_PRECONDITION|ABORTED)$/.test(name)) {
    return { is: 'conflict' };
  }
  if (/^(?:ALREADY_EXISTS|RESOURCE_ALREADY_EXISTS)$/.test(name)) return { is: 'conflict' };
  if (/^(?:RESOURCE_NOT_FOUND|NOT_FOUND)$/.test(name)) return { is: 'notFound' };
  if (/PERMISSION/.test(name)) {
    const permission = permissionIn(message, code);
    return { is: 'unauthorized', ...(permission !== undefined && { permission }) };
  }
  if (/^(?:INTERNAL_ERROR|BACKEND_ERROR|SERVICE_UNAVAILABLE|TIMEOUT)$/.test(name)) return { is: 'transient' };
  if (/^(?:INVALID\w*|UNSUPPORTED\w*|BAD_REQUEST)$/.test(name)) return { is: 'invalid' };
  return undefined;
}

/** `Quota 'N2_CPUS' exceeded.  Limit: 24.0 in region us-central1.`, or its details where they came */
function quotaOf(message: string, error: Fields): FailureKind {
  const details = listOf(error['errorDetails']).map((detail) => fieldsOf(detail['quotaInfo']));
  const info = details.find((detail) => textOf(detail['limitName']) !== undefined);
  const quota = /quota '([^']+)'/i.exec(message)?.[1] ?? textOf(info?.['limitName']) ?? 'unnamed';
  const limit = numberOf(info?.['limit']) ?? numberOf(/limit: (\d+(?:\.\d+)?)/i.exec(message)?.[1]);
  return { is: 'quota', quota, ...(limit !== undefined && { limit }) };
}

function permissionIn(message: string, code: string): string | undefined {
  if (/SERVICE_DISABLED|accessNotConfigured/.test(code)) {
    const service = /\b([a-z]+\.googleapis\.com)\b/.exec(message)?.[1];
    return service === undefined ? undefined : `${service} (to be enabled in the project)`;
  }
  return (
    /required '?"?([a-z]+(?:\.[a-zA-Z]+){2,})/i.exec(message)?.[1] ?? /'([a-z]+(?:\.[a-zA-Z]+){2})'/.exec(message)?.[1]
  );
}

function bodyOf(data: unknown): Fields {
  const parsed = typeof data === 'string' ? parsedOf(data) : data;
  // streamed methods answer an array with one error in it
  const first = Array.isArray(parsed) ? fieldsOf(parsed[0]) : fieldsOf(parsed);
  return fieldsOf(first['error']);
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The finest name Google gives: an ErrorInfo's reason, else that of the first error. */
function reasonOf(body: Fields): string | undefined {
  const info = listOf(body['details']).find((detail) => textOf(detail['@type'])?.endsWith('ErrorInfo'));
  return textOf(info?.['reason']) ?? textOf(listOf(body['errors'])[0]?.['reason']);
}

function requestIdIn(body: Fields): string | undefined {
  const info = listOf(body['details']).find((detail) => textOf(detail['@type'])?.endsWith('RequestInfo'));
  return textOf(info?.['requestId']);
}

function networkCode(error: unknown): string {
  for (let at = error, depth = 0; at !== undefined && depth < 4; at = fieldsOf(at)['cause'], depth += 1) {
    const code = fieldsOf(at)['code'];
    if (typeof code === 'string' && code !== '') return code;
  }
  return error instanceof Error ? error.name : 'Error';
}

/** A private key or a token never gets into a message; a wall of text neither. */
function oneLine(text: string): string {
  const safe = text
    .replaceAll(/-----BEGIN[\s\S]*?(?:-----END[^-]*-----|$)/g, '[key]')
    .replaceAll(/\b(?:ya29\.|eyJ)[\w.-]+/g, '[token]')
    // the whole request, of which `api` tells what counts
    .replace(/^request to (https?:\/\/[^/?\s]+)\S* failed, reason: /, '$1: ');
  return printable(wordsOf(safe));
}
