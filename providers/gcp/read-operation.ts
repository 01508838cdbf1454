import { answered, failed, type Answer } from '../../src/failure.ts';
import type { OperationToken, Receipt } from '../../src/ports.ts';
import type { Calls } from './calls.ts';
import { nodePoolOf } from './node-pools.ts';
import { insertGroup } from './open-pool.ts';
import { operationNow } from './operations.ts';
import { distinct, progressOf, receiptOf } from './progress.ts';
import { regionOf } from './names.ts';
import { readToken, type Stored } from './token.ts';

/** How far an order is; where one half of it is done, sends the other. Reads once and never waits. */
export async function readOperation(token: OperationToken, calls: Calls): Promise<Answer<Receipt>> {
  const stored = readToken(token);
  if (!stored) {
    const message = 'the stored token is not one of this adapter, or of another version of it';
    return failed({ kind: { is: 'invalid' }, api: 'readOperation', code: 'BadToken', message });
  }
  for (const operation of stored.operations) {
    const now = await operationNow(operation, stored.project, stored.zone, calls);
    if (!now.ok) return now;
    if (now.value.state === 'running') return answered(underWay(stored));
    if (now.value.state === 'failed') {
      const errors = distinct(stored.offering, now.value.failures);
      return answered({ ...receiptOf(stored), state: 'failed', accepted: 0, fulfilled: 0, errors });
    }
  }
  if (stored.next) return insertGroup(stored, calls);
  const { group } = stored;
  return group === undefined ? newNodePool(stored, calls) : progressOf({ ...stored, group }, calls);
}

const underWay = (stored: Stored): Receipt => ({
  ...receiptOf(stored),
  state: 'running',
  accepted: stored.next ? 0 : stored.asked,
  fulfilled: 0,
  errors: [],
});

/** A node pool knows its group once GKE has made it. */
async function newNodePool(stored: Stored, calls: Calls): Promise<Answer<Receipt>> {
  const scope = { project: stored.project, region: regionOf(stored.zone) };
  const read = await calls.one('container.nodePools.get', scope, { name: stored.pool });
  if (!read.ok) return read;
  const pool = nodePoolOf(read.value, stored.pool.slice(0, stored.pool.indexOf('/nodePools/')));
  const group = pool?.groups[0]?.split('/')[1];
  return group === undefined ? answered(underWay(stored)) : progressOf({ ...stored, group }, calls);
}
