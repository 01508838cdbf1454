import { expect } from 'vitest';
import type { SimPool, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import type { ProviderName } from '../../src/catalog/offering.ts';
import type { Answer, FailureKind } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { LiveProvider, ObservedPool, OpenOrder, PoolList, PoolRef, Receipt, SizeOrder } from '../../src/ports.ts';
import { lineOf } from '../../src/trouble.ts';
import { seconds } from '../../src/units.ts';
import { POOLS } from './small-world.ts';

/** A provider under the contract: its adapter, and the world that its cloud (or its fake) stands on. */
export interface Subject {
  readonly fleet: Fleet;
  readonly world: SimulatedWorld;
  /** the adapter made anew, as another process would */
  open(): Promise<LiveProvider>;
  /** names that the world's faults know the calls by; the call that does it, where there are several */
  readonly api: {
    readonly listPools: string;
    readonly setSize: string;
    readonly deleteInstances: string;
    readonly openPool: string;
    readonly readOperation: string;
    readonly listOfferings: string;
  };
  close(): Promise<void>;
}

export interface Case {
  readonly name: string;
  readonly run: (subject: Subject) => Promise<void>;
}

export const providerOf = ({ fleet }: Subject): ProviderName => {
  const [cloud] = fleet.clouds;
  if (!cloud) throw new Error('the fleet of a subject has one cloud');
  return cloud.provider;
};

/** More than any adapter sends in one go: the fault holds for as long as the test looks. */
export const ALWAYS = 1000;

/** The listing, which must be whole. */
export async function listed(provider: LiveProvider, fleet: Fleet): Promise<PoolList> {
  const list = await provider.listPools(fleet);
  if (!list.ok) throw new Error(`the pools could not be listed: ${list.troubles.map(lineOf).join('; ')}`);
  return list.value;
}

export async function poolNamed(provider: LiveProvider, fleet: Fleet, name: string): Promise<ObservedPool> {
  const { pools } = await listed(provider, fleet);
  const pool = pools.find((p) => p.name === name);
  if (!pool) throw new Error(`${name} is not among ${pools.map((p) => p.name).join(', ')}`);
  return pool;
}

export function refOf({ name, provider, region, zone, type, purchase, live }: ObservedPool): PoolRef {
  if (!live) throw new Error(`${name} is not a live pool`);
  return { name, provider, region, zone, type, purchase, id: live.id };
}

/** An order for a size, on what was read. */
export const sizeOrder = (pool: ObservedPool, size: number, opId: string): SizeOrder => ({
  opId,
  pool: refOf(pool),
  size,
  ...(pool.live?.version !== undefined && { expectedVersion: pool.live.version }),
});

export function simPool(subject: Subject, name: string): SimPool {
  const pool = subject.world.pools.list(providerOf(subject)).find((p) => p.name === name);
  if (!pool) throw new Error(`the world has no pool ${name}`);
  return pool;
}

/** Long enough for the slowest of nodes to come or go. */
export const settleDown = ({ world }: Subject): void => world.advance(seconds(1800));

export function accepted(answer: Answer<Receipt>): Receipt {
  if (!answer.ok) throw new Error(`refused: ${answer.failure.api} ${answer.failure.code} ${answer.failure.message}`);
  const { asked, accepted: taken, fulfilled, token } = answer.value;
  expect(taken, 'no more is accepted than was asked for').toBeLessThanOrEqual(asked);
  expect(fulfilled, 'no more runs than was accepted').toBeLessThanOrEqual(taken);
  expect(token, 'a token is one line').not.toMatch(/[\r\n]/);
  expect(JSON.parse(token), 'a token is JSON').toBeTypeOf('object');
  return answer.value;
}

/** How the operation stands for somebody who has only its token. */
export async function later(subject: Subject, { token }: Receipt): Promise<Receipt> {
  return accepted(await (await subject.open()).readOperation(subject.fleet, token));
}

/** Kinds of failure that an order met, at once or in the end. */
export async function toldInTheEnd(subject: Subject, answer: Answer<Receipt>): Promise<readonly FailureKind['is'][]> {
  if (!answer.ok) return [answer.failure.kind.is];
  settleDown(subject);
  const end = await later(subject, answer.value);
  return [...answer.value.errors, ...end.errors].map((error) => error.failure.kind.is);
}

/** Pools like the first one, under other names. */
export function addPools(subject: Subject, count: number): void {
  const [first] = subject.world.pools.list(providerOf(subject));
  if (!first) throw new Error('the world has no pool');
  const { provider, region, zone, type, purchase, min, max, tags } = first;
  for (let i = 0; i < count; i++) {
    const name = `more${String(i).padStart(3, '0')}`;
    subject.world.pools.open(
      { provider, region, zone, type, purchase, min, max, tags, name, target: 1 },
      { by: 'setup' },
    );
  }
  settleDown(subject);
}

export const idsOf = (pool: ObservedPool): readonly string[] => (pool.live?.instances ?? []).map((i) => i.id);

/** In the first region, where a gateway pool is to be made like, and of another type than that. */
export function openOrder(subject: Subject, opId: string): OpenOrder {
  const { region, zone } = simPool(subject, POOLS.gatewayB);
  const { type } = simPool(subject, POOLS.push);
  return { opId, template: 'general', name: 'opened', region, zone, type, purchase: 'on-demand', size: 2 };
}

/** Machines that were ever started for the pool. */
export function launchedFor(subject: Subject, name: string): number {
  const { world } = subject;
  const { id } = simPool(subject, name);
  return [...world.charged().keys()].filter((machine) => world.instance(machine)?.pool === id).length;
}

export const nodesOf = (subject: Subject, name: string): number => simPool(subject, name).instances.length;
