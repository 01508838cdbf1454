import type { Failure, FailureKind } from '../../src/failure.ts';
import { listAt, member, numberAt, textAt } from '../../src/manifest/json.ts';
import { printable } from '../../src/trouble.ts';

/** The API server said no: its status, and the body as it was read. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: unknown;

  constructor(status: number, headers: Refusal['headers'], body: unknown) {
    super(textAt(body, 'message') ?? `HTTP ${status}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** The kubeconfig's credentials could not be had: a plug-in failed, a file is missing. */
export class CredentialsError extends Error {}

/** An answer that is not what the API says it is: it broke off, or something in between wrote it. */
export class BadAnswer extends Error {}

/**
 * An API server's no in our words. Its `Status` names a reason; the HTTP status is what is left without one.
 * Source: k8s.io/apimachinery, meta/v1 StatusReason.
 *
 * @param api verb and resource as a ClusterRole names them: `patch nodes`
 */
export function failureOf(api: string, error: unknown): Failure {
  if (error instanceof Refusal) return refused(api, error);
  const code = codeOf(error);
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (error instanceof CredentialsError) {
    return { kind: { is: 'unauthorized' }, api, code: 'Credentials', message };
  }
  return { kind: { is: FINAL.test(code) ? 'invalid' : 'transient' }, api, code, message };
}

/** No cluster to talk to: the kubeconfig lacks it, or cannot be read. */
export function connectFailure(context: string, error: unknown): Failure {
  const message = oneLine(error instanceof Error ? error.message : String(error));
  return { kind: { is: 'invalid' }, api: `kubeconfig ${context}`, code: 'KubeConfig', message };
}

/** A certificate that does not hold, a connection that was closed from here: asking again changes nothing. */
const FINAL = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL|EPROTO|ABORT_ERR/;

const codeOf = (error: unknown): string =>
  textAt(error, 'code') ?? (error instanceof Error ? error.constructor.name : 'Error');

function refused(api: string, { status, headers, body }: Refusal): Failure {
  const reason = textAt(body, 'reason') ?? `HTTP${status}`;
  const message = oneLine(textAt(body, 'message') ?? `HTTP ${status}`);
  const requestId = headers['audit-id'];
  return {
    kind: kindOf(api, status, reason, message, secondsToWait(headers, body)),
    api,
    code: causeOf(body) ?? reason,
    message,
    ...(typeof requestId === 'string' && { requestId }),
    status,
  };
}

function kindOf(api: string, status: number, reason: string, message: string, wait: number | undefined): FailureKind {
  if (reason === 'Forbidden' && message.includes('exceeded quota')) {
    return { is: 'quota', quota: /exceeded quota: ([^,\s]+)/.exec(message)?.[1] ?? 'ResourceQuota' };
  }
  // a budget does not pass by asking again at once: the drain decides when
  if (BUDGETS.test(message)) return { is: 'conflict' };
  if (status === 401) return { is: 'unauthorized' };
  if (status === 403) return { is: 'unauthorized', permission: api };
  if (status === 404) return { is: 'notFound' };
  // 410: the version or the page asked for is too old; the same question has the same answer
  if (status === 409 || status === 410) return { is: 'conflict' };
  if (status === 429) return { is: 'throttled', ...(wait !== undefined && { retryAfterS: wait }) };
  if (status >= 500) return { is: 'transient' };
  return { is: status >= 400 ? 'invalid' : 'unknown' };
}

const BUDGETS = /disruption budget|more than one PodDisruptionBudget/i;

/** `DisruptionBudget` and other causes say more than the reason does. */
const causeOf = (body: unknown): string | undefined =>
  listAt(body, 'details', 'causes')
    .map((cause) => textAt(cause, 'reason'))
    .find((reason) => reason === 'DisruptionBudget');

function secondsToWait(headers: Refusal['headers'], body: unknown): number | undefined {
  const header = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(header) && header >= 0) return header;
  return numberAt(member(body, 'details'), 'retryAfterSeconds');
}

/** Seconds to wait before a refused request is worth sending again; undefined where the server said nothing. */
export const waitAsked = ({ headers, body }: Refusal): number | undefined => secondsToWait(headers, body);

/** A disruption budget speaks for the pod; two budgets over one pod are refused with a 500. */
export const isBudget = ({ status, body, message }: Refusal): boolean =>
  (status === 429 && (causeOf(body) === 'DisruptionBudget' || BUDGETS.test(message))) ||
  (status === 500 && BUDGETS.test(message));

const oneLine = (text: string): string => printable(text.replaceAll(/\s+/g, ' ').trim()).slice(0, 500);
