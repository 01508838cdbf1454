import { describe, expect, it } from 'vitest';
import { simulatedProvider } from '../../providers/simulated/index.ts';
import type { SimulatedWorld } from '../../providers/simulated/world-types.ts';
import type { LiveProvider, PoolList, ProviderParts } from '../../src/ports.ts';
import { bad, good, type Checked } from '../../src/trouble.ts';
import { ADVERSE_CASES } from './adverse-cases.ts';
import { LISTING_CASES } from './listing-cases.ts';
import { ORDER_CASES } from './order-cases.ts';
import { memoryShelf, partsOver } from './parts.ts';
import { smallWorld } from './small-world.ts';
import type { Subject } from './subject.ts';

/** An adapter with one fault of its own, over one that keeps the contract. */
type Breaks = (sound: LiveProvider, world: SimulatedWorld, parts: ProviderParts) => Partial<LiveProvider>;

let attempts = 0;

/** Rows: what an adapter does wrong, how, and the case that has to catch it. */
const BROKEN: readonly (readonly [string, Breaks, string])[] = [
  [
    'forgets the second page',
    (sound) => ({ listPools: async (fleet) => mapped(await sound.listPools(fleet), (pools) => pools.slice(0, 50)) }),
    'lists a hundred pools more, each once',
  ],
  [
    'takes what it read before a page broke for all there is',
    (sound) => ({
      listPools: async (fleet) => ((await sound.listPools(fleet)).ok ? sound.listPools(fleet) : good(NOTHING)),
    }),
    'makes no listing of one that is cut off on its way',
  ],
  [
    'believes an empty listing',
    (sound) => ({
      listPools: async (fleet) => {
        const list = await sound.listPools(fleet);
        return list.ok ? good({ ...list.value, doubts: [] }) : list;
      },
    }),
    'doubts a cloud that lists nothing where there was something',
  ],
  [
    'lists pools without a node as trouble',
    (sound) => ({
      listPools: async (fleet) => mapped(await sound.listPools(fleet), (pools) => pools.filter((p) => p.target > 0)),
    }),
    'lists a pool without a node as one that is wanted so',
  ],
  [
    'takes each attempt at an order for a new one',
    (sound) => ({ openPool: (fleet, order) => sound.openPool(fleet, { ...order, opId: `${(attempts += 1)}` }) }),
    'opens once when the answer to an opening is lost',
  ],
  [
    'deletes by making the pool smaller by one',
    (sound, world) => ({
      deleteInstances: async (fleet, order) => {
        const size = (world.pools.get(order.pool.id)?.target ?? 0) - order.instances.length;
        return sound.setSize(fleet, { opId: `${order.opId}-${size}`, pool: order.pool, size });
      },
    }),
    'ends the same instances once, however often it is told to',
  ],
  [
    'does not look at the version',
    (sound) => ({
      setSize: (fleet, { opId, pool, size }) => sound.setSize(fleet, { opId, pool, size }),
    }),
    'yields to a change that somebody made since the pool was read',
  ],
  [
    'tries a refusal again',
    (sound) => ({
      setSize: async (fleet, order) => {
        const answer = await sound.setSize(fleet, order);
        return answer.ok ? answer : sound.setSize(fleet, order);
      },
    }),
    'takes capacity for an answer: told by its kind, nothing changed, not sent again',
  ],
  [
    'waits for the nodes',
    (sound, world) => ({
      setSize: async (fleet, order) => {
        const answer = await sound.setSize(fleet, order);
        world.advance(HOUR);
        return answer.ok ? sound.readOperation(fleet, answer.value.token) : answer;
      },
    }),
    'grows a pool, without waiting for its nodes',
  ],
  [
    'keeps its operations in memory',
    (sound, _, parts) => {
      const mine = new Set<string>();
      return {
        setSize: async (fleet, order) => {
          const answer = await sound.setSize(fleet, order);
          if (answer.ok) mine.add(answer.value.token);
          return answer;
        },
        readOperation: async (fleet, token) =>
          sound.readOperation(fleet, mine.has(token) ? token : (`${parts.env['none']}` as typeof token)),
      };
    },
    'lets another process go on with what one began',
  ],
  [
    'says that all was had',
    (sound) => ({
      readOperation: async (fleet, token) => {
        const answer = await sound.readOperation(fleet, token);
        return answer.ok
          ? { ok: true, value: { ...answer.value, errors: [], fulfilled: answer.value.accepted } }
          : answer;
      },
      setSize: async (fleet, order) => {
        const answer = await sound.setSize(fleet, order);
        return answer.ok ? { ok: true, value: { ...answer.value, errors: [] } } : answer;
      },
    }),
    'takes a part for a part: so many run, and the quota is named for the others',
  ],
  [
    'never settles a notice',
    () => ({
      settleInterruptions: async () => ({ ok: true, value: undefined }),
    }),
    'tells of nodes that will be taken back until they are settled',
  ],
];

const HOUR = 3600 as Parameters<SimulatedWorld['advance']>[0];
const NOTHING: PoolList = { pools: [], passedOver: [], doubts: [] };

function mapped(list: Checked<PoolList>, change: (pools: PoolList['pools']) => PoolList['pools']): Checked<PoolList> {
  return list.ok ? good({ ...list.value, pools: change(list.value.pools) }) : bad(...list.troubles);
}

function subjectWith(breaks: Breaks): Subject {
  const { world, fleet } = smallWorld('aws');
  const shelf = memoryShelf(() => world.now());
  return {
    fleet,
    world,
    open: async () => {
      const parts = partsOver(world, shelf);
      const sound = simulatedProvider(world, 'aws', parts);
      return { ...sound, ...breaks(sound, world, parts) };
    },
    api: {
      listPools: 'listPools',
      setSize: 'setSize',
      deleteInstances: 'deleteInstances',
      openPool: 'openPool',
      readOperation: 'readOperation',
      listOfferings: 'listOfferings',
    },
    close: async () => undefined,
  };
}

describe('the contract catches an adapter that', () => {
  it.each(BROKEN)('%s', async (_, breaks, caught) => {
    const found = [...LISTING_CASES, ...ORDER_CASES, ...ADVERSE_CASES].find((c) => c.name === caught);
    if (!found) throw new Error(`there is no case ${caught}`);
    const run = async (subject: Subject): Promise<void> => {
      await found.run(subject);
      expect(subject.world.faults.unfired()).toEqual([]);
    };
    await expect(run(subjectWith(breaks))).rejects.toThrow();
    await expect(run(subjectWith(() => ({}))), 'and no sound one').resolves.toBeUndefined();
  });
});
