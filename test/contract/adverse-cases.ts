import { expect } from 'vitest';
import type { Fault } from '../../providers/simulated/world-types.ts';
import type { Answer } from '../../src/failure.ts';
import type { LiveProvider, OperationToken, Receipt } from '../../src/ports.ts';
import { seconds } from '../../src/units.ts';
import { POOLS } from './small-world.ts';
import {
  accepted,
  ALWAYS,
  later,
  listed,
  poolNamed,
  providerOf,
  refOf,
  settleDown,
  simPool,
  sizeOrder,
  toldInTheEnd,
  idsOf,
  openOrder,
  launchedFor,
  nodesOf,
  type Case,
  type Subject,
} from './subject.ts';

/** The vendor says no to an order: it is told by its kind, nothing changes, and it is not tried again. */
const REFUSED: readonly Case[] = (['capacity', 'quota', 'unauthorized', 'conflict'] as const).map((is) => ({
  name: `takes ${is} for an answer: told by its kind, nothing changed, not sent again`,
  run: async (subject) => {
    const provider = await subject.open();
    const pool = await poolNamed(provider, subject.fleet, POOLS.gatewayA);
    fault(subject, 'setSize', { is });
    const answer = await provider.setSize(subject.fleet, sizeOrder(pool, 5, `op-${is}`));
    expect(await toldInTheEnd(subject, answer)).toContain(is);
    expect(simPool(subject, POOLS.gatewayA).target).toBe(3);
  },
}));

const PASSING: readonly Case[] = (
  [{ is: 'throttle', retryAfterS: 2 }, { is: 'serverError', status: 503 }, { is: 'reset' }] as const
).map((passing) => ({
  name: `gets an order through a ${passing.is} that passes`,
  run: async (subject) => {
    const provider = await subject.open();
    const pool = await poolNamed(provider, subject.fleet, POOLS.gatewayA);
    fault(subject, 'setSize', passing);
    accepted(await provider.setSize(subject.fleet, sizeOrder(pool, 5, 'op-passing')));
    settleDown(subject);
    expect(simPool(subject, POOLS.gatewayA).target).toBe(5);
    expect(nodesOf(subject, POOLS.gatewayA)).toBe(5);
  },
}));

export const ADVERSE_CASES: readonly Case[] = [
  ...REFUSED,
  ...PASSING,
  {
    name: 'gives up on a throttle that does not pass, and says so',
    run: async (subject) => {
      const provider = await subject.open();
      const pool = await poolNamed(provider, subject.fleet, POOLS.gatewayA);
      subject.world.faults.add({
        provider: providerOf(subject),
        api: subject.api.setSize,
        fault: { is: 'throttle', retryAfterS: 1 },
        times: ALWAYS,
      });
      const answer = await provider.setSize(subject.fleet, sizeOrder(pool, 5, 'op-throttled'));
      expect(answer.ok ? undefined : answer.failure.kind.is).toBe('throttled');
      expect(simPool(subject, POOLS.gatewayA).target).toBe(3);
    },
  },
  {
    name: 'buys once when the answer to a size is lost',
    run: async (subject) => {
      const pool = await poolNamed(await subject.open(), subject.fleet, POOLS.gatewayA);
      const order = sizeOrder(pool, 5, 'op-lost-size');
      await untilAnswered(subject, 'setSize', (provider) => provider.setSize(subject.fleet, order));
      settleDown(subject);
      expect(simPool(subject, POOLS.gatewayA).target).toBe(5);
      expect(launchedFor(subject, POOLS.gatewayA), 'three before, two bought').toBe(5);
    },
  },
  {
    name: 'ends once when the answer to a deletion is lost',
    run: async (subject) => {
      const pool = await poolNamed(await subject.open(), subject.fleet, POOLS.gatewayA);
      const order = { opId: 'op-lost-end', pool: refOf(pool), instances: idsOf(pool).slice(0, 1) };
      await untilAnswered(subject, 'deleteInstances', (provider) => provider.deleteInstances(subject.fleet, order));
      settleDown(subject);
      expect(simPool(subject, POOLS.gatewayA).target).toBe(2);
      const after = await poolNamed(await subject.open(), subject.fleet, POOLS.gatewayA);
      expect(idsOf(after)).toEqual(idsOf(pool).slice(1));
      expect(launchedFor(subject, POOLS.gatewayA), 'none was replaced').toBe(3);
    },
  },
  {
    name: 'opens once when the answer to an opening is lost',
    run: async (subject) => {
      const order = openOrder(subject, 'op-lost-open');
      await untilAnswered(subject, 'openPool', (provider) => provider.openPool(subject.fleet, order));
      settleDown(subject);
      const { pools } = await listed(await subject.open(), subject.fleet);
      expect(pools.filter((p) => p.name === order.name)).toHaveLength(1);
      expect(launchedFor(subject, order.name)).toBe(2);
    },
  },
  {
    name: 'opens once when two processes carry out the same order',
    run: async (subject) => {
      const order = openOrder(subject, 'op-both');
      const both = await Promise.all([subject.open(), subject.open()]);
      const answers = await Promise.all(both.map((provider) => provider.openPool(subject.fleet, order)));
      expect(answers.some((answer) => answer.ok)).toBe(true);
      settleDown(subject);
      expect(launchedFor(subject, order.name)).toBe(2);
    },
  },
  {
    name: 'yields to a change that somebody made since the pool was read',
    run: async (subject) => {
      const provider = await subject.open();
      const pool = await poolNamed(provider, subject.fleet, POOLS.gatewayA);
      expect(pool.live?.version, 'a version to go by').toBeDefined();
      subject.world.pools.resize(simPool(subject, POOLS.gatewayA).id, 6, { by: 'alice' });
      const answer = await provider.setSize(subject.fleet, sizeOrder(pool, 2, 'op-yield'));
      expect(answer.ok ? undefined : answer.failure.kind.is).toBe('conflict');
      expect(simPool(subject, POOLS.gatewayA).target).toBe(6);
    },
  },
  {
    name: 'orders nothing on a listing that was behind',
    run: async (subject) => {
      const { fleet, world } = subject;
      const provider = await subject.open();
      world.pools.resize(simPool(subject, POOLS.gatewayA).id, 6, { by: 'alice' });
      world.advance(seconds(60));
      world.faults.add({
        provider: providerOf(subject),
        api: subject.api.listPools,
        fault: { is: 'stale', byS: 120 },
        times: 8,
      });
      const pool = await poolNamed(provider, fleet, POOLS.gatewayA);
      expect(pool.target, 'the listing is behind').toBe(3);
      const answer = await provider.setSize(fleet, sizeOrder(pool, 2, 'op-stale'));
      expect(answer.ok ? undefined : answer.failure.kind.is).toBe('conflict');
      expect(simPool(subject, POOLS.gatewayA).target).toBe(6);
    },
  },
  {
    name: 'lets another process go on with what one began',
    run: async (subject) => {
      const provider = await subject.open();
      const pool = await poolNamed(provider, subject.fleet, POOLS.gatewayB);
      const receipt = accepted(await provider.setSize(subject.fleet, sizeOrder(pool, 6, 'op-resume')));
      const stored = JSON.parse(JSON.stringify(receipt.token)) as OperationToken;
      const other = await subject.open();
      const early = accepted(await other.readOperation(subject.fleet, stored));
      expect(early).toMatchObject({ state: 'running', asked: 6 });
      settleDown(subject);
      const end = accepted(await other.readOperation(subject.fleet, stored));
      expect(end).toMatchObject({ state: 'done', asked: 6, accepted: 6, fulfilled: 6 });
      expect(accepted(await (await subject.open()).readOperation(subject.fleet, end.token))).toMatchObject({
        state: 'done',
      });
    },
  },
  {
    name: 'reads an operation through a throttle',
    run: async (subject) => {
      const provider = await subject.open();
      const pool = await poolNamed(provider, subject.fleet, POOLS.gatewayB);
      const receipt = accepted(await provider.setSize(subject.fleet, sizeOrder(pool, 3, 'op-read')));
      fault(subject, 'readOperation', { is: 'throttle' });
      settleDown(subject);
      expect(await later(subject, receipt)).toMatchObject({ state: 'done', fulfilled: 3 });
    },
  },
  {
    name: 'refuses a token that is none',
    run: async (subject) => {
      const provider = await subject.open();
      for (const token of ['', 'null', '{}', '{"v":1', '[]', '{"v":99,"cloud":"mars"}']) {
        const answer = await provider.readOperation(subject.fleet, token as OperationToken);
        expect(answer.ok ? undefined : answer.failure.kind.is, token).toMatch(/^(invalid|notFound)$/);
      }
    },
  },
];

function fault(subject: Subject, call: keyof Subject['api'], what: Fault): void {
  subject.world.faults.add({ provider: providerOf(subject), api: subject.api[call], fault: what });
}

/** Loses the answer again and again; each process that follows sends the same order, as it stands in the journal. */
async function untilAnswered(
  subject: Subject,
  call: keyof Subject['api'],
  send: (provider: LiveProvider) => Promise<Answer<Receipt>>,
): Promise<void> {
  subject.world.faults.add({
    provider: providerOf(subject),
    api: subject.api[call],
    fault: { is: 'lostAnswer' },
    times: 6, // more than one process sends before it gives up
  });
  for (let attempt = 0; attempt < 10; attempt++) {
    const answer = await send(await subject.open());
    if (answer.ok) return;
    expect(answer.failure.kind.is, 'whether it took effect is not known').toBe('transient');
    subject.world.advance(seconds(10));
  }
  throw new Error('the order never got through');
}
