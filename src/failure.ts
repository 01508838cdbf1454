/**
 * What a cloud said no with, in words the product understands. An adapter translates; nothing else reads vendor codes.
 * The raw code, the request's id and the HTTP status stay with it, for the person who has to ask the vendor.
 */
export interface Failure {
  readonly kind: FailureKind;
  /** the call as its vendor names it: `ec2:CreateFleet`, `virtualMachineScaleSets.update` */
  readonly api: string;
  /** the vendor's own code, as sent: `InsufficientInstanceCapacity`; the error's name where there was none */
  readonly code: string;
  /** one line of the vendor's message, without secrets */
  readonly message: string;
  readonly requestId?: string;
  /** HTTP status; absent where no answer came */
  readonly status?: number;
  /** what would set it right, where more is known of it than its kind tells */
  readonly remedy?: string;
}

export type FailureKind =
  /** nothing left there: mask the offering for a while and take the next best */
  | { readonly is: 'capacity'; readonly scope: 'type-in-zone' | 'zone' | 'region' | 'subnet' }
  /** the account may have no more: never retried, reported by the quota's name */
  | { readonly is: 'quota'; readonly quota: string; readonly limit?: number }
  | { readonly is: 'throttled'; readonly retryAfterS?: number }
  /** changed by somebody since it was read, or busy with another change */
  | { readonly is: 'conflict' }
  | { readonly is: 'unauthorized'; readonly permission?: string }
  | { readonly is: 'invalid' }
  | { readonly is: 'notFound' }
  /** may pass by itself: a 5xx, a reset, a deadline. Whether the request took effect is not known. */
  | { readonly is: 'transient' }
  /** a code that no table knows: treated as `invalid`, reported as unknown */
  | { readonly is: 'unknown' };

/** A call's answer. A failure is expected trouble and a value; only our own mistakes are thrown. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

export const answered = <T>(value: T): Answer<T> => ({ ok: true, value });
export const failed = (failure: Failure): Answer<never> => ({ ok: false, failure });

/** Only these two are sent again by themselves. */
export const mayPass = ({ kind }: Failure): boolean => kind.is === 'throttled' || kind.is === 'transient';
