import { createHash } from 'node:crypto';
import { failed, type Answer } from '../../src/failure.ts';
import type { OperationToken, Receipt } from '../../src/ports.ts';
import { isRecord } from './kept.ts';

/** What another process needs to go on asking after an order. */
export interface Asked {
  readonly v: 1;
  readonly cloud: 'aws';
  readonly kind: 'size' | 'delete' | 'open';
  readonly region: string;
  /** as in `LivePool.id`; for a pool that is being opened, once it is known */
  readonly pool?: string;
  /** its Auto Scaling group, or the managed node group as `cluster/name` where AWS makes the group itself */
  readonly group?: string;
  readonly node?: string;
  readonly opId: string;
  /** nodes asked for, or the instances to be ended */
  readonly size: number;
  readonly instances?: readonly string[];
  /** id of the offering that errors are about */
  readonly offering: string;
  /** what was refused of it at once: code and message */
  readonly refusals?: readonly (readonly [string, string])[];
  /** ms since 1970: activities before it belong to somebody else */
  readonly since: number;
}

export const tokenOf = (asked: Asked): OperationToken => JSON.stringify(asked) as OperationToken;

/** undefined: it is none of this adapter's tokens */
export function askedIn(token: string): Asked | undefined {
  let value: unknown;
  try {
    value = JSON.parse(token);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value['v'] !== 1 || value['cloud'] !== 'aws') return undefined;
  const texts = ['region', 'opId', 'offering'].every((key) => typeof value[key] === 'string');
  const numbers = ['size', 'since'].every((key) => Number.isSafeInteger(value[key]));
  const optional = ['pool', 'group', 'node'].every((key) => value[key] === undefined || typeof value[key] === 'string');
  const kind = ['size', 'delete', 'open'].includes(String(value['kind']));
  const instances =
    value['instances'] === undefined ||
    (Array.isArray(value['instances']) && value['instances'].every((i) => typeof i === 'string'));
  const refusals = value['refusals'];
  if (refusals !== undefined && !(Array.isArray(refusals) && refusals.every(isPair))) return undefined;
  return texts && numbers && optional && kind && instances ? (value as unknown as Asked) : undefined;
}

const isPair = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((v) => typeof v === 'string');

/** AWS takes at most 64 characters as an idempotency token; the same order always has the same. */
export const clientToken = (opId: string): string =>
  createHash('sha256').update(`godwit ${opId}`).digest('hex').slice(0, 64);

/**
 * An order just taken.
 *
 * @param running instances of the pool, those that are coming or going among them
 * @param serving of them, those that serve
 */
export const taken = (asked: Asked, running: number, serving: number, version?: string): Receipt => ({
  state: running === asked.size && serving === asked.size ? 'done' : 'running',
  token: tokenOf(asked),
  asked: asked.size,
  accepted: asked.size,
  fulfilled: Math.min(serving, asked.size),
  errors: [],
  ...(version !== undefined && { version }),
  ...(asked.pool !== undefined && { pool: asked.pool }),
});

export const refused = (
  api: string,
  code: string,
  message: string,
  is: 'invalid' | 'conflict' | 'notFound' = 'invalid',
): Answer<never> => failed({ kind: { is }, api, code, message });
