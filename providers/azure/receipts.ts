import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import type { OfferingError, Receipt } from '../../src/ports.ts';
import { statusOf } from './begin.ts';
import type { Azure } from './connection.ts';
import { failureOfOperation } from './failures.ts';
import { poolIdOf, sameId } from './ids.ts';
import { membersOf } from './json.ts';
import { poolNow, type PoolNow } from './pool-now.ts';
import { tokenOf, type Token } from './token.ts';

/** The receipt of an order that has just been accepted: nothing has been looked at yet. */
export const accepted = (token: Token): Receipt => ({
  state: 'running',
  token: tokenOf(token),
  asked: token.asked,
  accepted: token.asked,
  fulfilled: 0,
  errors: [],
  ...(token.kind !== 'delete' && { pool: token.pool }),
});

/**
 * How far an order is: from the operation, as long as Azure keeps it, and from the pool and its machines. An
 * operation that is over is not the same as nodes that run, so the machines are counted either way.
 */
export async function readReceipt(azure: Azure, token: Token): Promise<Answer<Receipt>> {
  const id = poolIdOf(token.pool);
  if (!id) return failed(badToken);
  const ended = await readOperation(azure, token);
  if (!ended.ok) return ended;
  const now = await poolNow(azure, id, token.region);
  if (!now.ok) return now;
  const fulfilled = fulfilledOf(token, now.value);
  const outcome = await outcomeOf(token, ended.value, now.value, fulfilled);
  if (!outcome.ok) return outcome;
  const { state, failure } = outcome.value;
  const errors: OfferingError[] = failure ? [{ offering: token.offering, failure }] : [];
  return answered({
    state,
    token: tokenOf(token),
    asked: token.asked,
    accepted: state === 'failed' ? Math.max(fulfilled, Math.min(token.asked, now.value.all.length)) : token.asked,
    fulfilled,
    errors,
    ...(now.value.version !== undefined && { version: now.value.version }),
    ...(token.kind !== 'delete' && now.value.exists && { pool: token.pool }),
  });
}

async function outcomeOf(
  token: Token,
  { state, failure }: Ended,
  now: PoolNow,
  fulfilled: number,
): Promise<Answer<{ readonly state: Receipt['state']; readonly failure?: Failure }>> {
  if (state === 'failed' || state === 'running') return answered({ state, ...(failure && { failure }) });
  if (fulfilled >= token.asked) return answered({ state: 'done' });
  if (token.kind === 'delete') return answered({ state: 'running' });
  if (!now.exists) return answered({ state: 'failed', failure: goneMeanwhile(token.pool) });
  // another size has been set since, or Azure has lowered it as it took spot back: this order will not be fulfilled any more, and that is not its failure
  if (now.opId !== token.opId || now.target !== token.asked) return answered({ state: 'done' });
  if (state === 'done' || !now.settled) return answered({ state: 'running' });
  // the operation is not known here or any more, nothing is under way, and machines are missing
  const why = await now.why();
  return why.ok ? answered({ state: 'failed', failure: why.value ?? fellShort(token, fulfilled) }) : why;
}

interface Ended {
  /** `unknown`: only the pool can tell */
  readonly state: 'running' | 'done' | 'failed' | 'unknown';
  readonly failure?: Failure;
}

/** Azure forgets operations after a while, and of an order that was adopted its name was never heard. */
async function readOperation(azure: Azure, token: Token): Promise<Answer<Ended>> {
  if (token.operation === undefined) return answered({ state: 'unknown' });
  const api = 'operations.get';
  const read = await azure.arm({ api, region: token.region }, 'GET', token.operation);
  if (!read.ok) return read.failure.kind.is === 'notFound' ? answered({ state: 'unknown' }) : read;
  const state = statusOf(read.value);
  if (state !== 'failed') return answered({ state });
  const error = membersOf(read.value.body).error;
  return answered({ state, failure: failureOfOperation(api, error, read.value.headers['x-ms-request-id']) });
}

/** Of a shrink, all that was asked for runs already; it is over when nothing more than that is left. */
function fulfilledOf(token: Token, now: PoolNow): number {
  if (token.kind === 'delete') {
    return (token.instances ?? []).filter((gone) => !now.all.some((id) => isInstance(id, gone))).length;
  }
  return Math.min(token.asked, now.running);
}

const isInstance = (resource: string, instance: string): boolean =>
  sameId(resource, instance) || resource.toLowerCase().endsWith(`/${instance.toLowerCase()}`);

const goneMeanwhile = (pool: string): Failure => ({
  kind: { is: 'notFound' },
  api: 'pool',
  code: 'PoolGone',
  message: `there is no pool ${pool} any more`,
});

const fellShort = ({ asked }: Token, fulfilled: number): Failure => ({
  kind: { is: 'unknown' },
  api: 'pool',
  code: 'FellShort',
  message: `${fulfilled} of ${asked} nodes run and Azure has stopped trying, without saying why`,
});

export const badToken: Failure = {
  kind: { is: 'invalid' },
  api: '',
  code: 'BadToken',
  message: 'the token is not one of an Azure order',
};
