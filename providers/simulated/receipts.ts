import { offeringId, type ProviderName } from '../../src/catalog/offering.ts';
import type { Failure } from '../../src/failure.ts';
import type { OfferingError, OperationToken, Receipt } from '../../src/ports.ts';
import type { Shortage, SimOperation, SimPool } from './world-types.ts';

/** What another process needs to go on: kept small, because it is stored with every step of a plan. */
interface Stored {
  readonly v: 1;
  readonly cloud: ProviderName;
  readonly pool: string;
  readonly opId: string;
  readonly operation: string;
}

export const tokenOf = (stored: Stored): OperationToken => JSON.stringify(stored) as OperationToken;

/** undefined: it is not a token of this provider */
export function readToken(token: string, provider: ProviderName): Stored | undefined {
  try {
    const read: unknown = JSON.parse(token);
    return isStored(read) && read.cloud === provider ? read : undefined;
  } catch {
    return undefined;
  }
}

function isStored(read: unknown): read is Stored {
  if (typeof read !== 'object' || read === null) return false;
  const { v, pool, opId, operation } = read as Record<string, unknown>;
  return v === 1 && typeof pool === 'string' && typeof opId === 'string' && typeof operation === 'string';
}

export function receiptOf(pool: SimPool, operation: SimOperation, token: OperationToken, api: string): Receipt {
  const missing = operation.shortages.reduce((sum, s) => sum + s.count, 0);
  return {
    state: operation.state,
    token,
    asked: operation.asked,
    accepted: operation.asked - missing,
    fulfilled: operation.fulfilled,
    errors: operation.shortages.map((shortage) => errorOf(pool, shortage, api)),
    version: String(pool.version),
    pool: pool.id,
  };
}

function errorOf(pool: SimPool, shortage: Shortage, api: string): OfferingError {
  const { type, zone, purchase, count, why, quota = purchase } = shortage;
  const nodes = count === 1 ? '1 node' : `${count} nodes`;
  const failure: Failure =
    why === 'quota'
      ? { kind: { is: 'quota', quota }, api, code: 'QuotaExceeded', message: `${nodes} above the quota ${quota}` }
      : {
          kind: { is: 'capacity', scope: 'type-in-zone' },
          api,
          code: 'SoldOut',
          message: `${nodes} of ${type} could not be had in ${zone}`,
        };
  return { offering: offeringId({ ...pool, type, zone, purchase }), failure };
}
