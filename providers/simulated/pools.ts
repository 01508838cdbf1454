import type { Machine, Machines } from './machines.ts';
import type { Markets } from './market.ts';
import { operationAt, runningOf, settle, type Operation } from './operations.ts';
import { byChoice, checkBounds, isOf, isSize, poolAt, type Pool, type Settings } from './pool.ts';
import type { Timeline } from './timeline.ts';
import type { Change, Changed, SimOperation, SimPool, SimPools } from './world-types.ts';

export interface PoolBook extends SimPools {
  operation(id: string): SimOperation | undefined;
}

/** A pool that could not be filled is tried again so often, as the vendors' groups do by themselves. */
const AGAIN_MS = 300_000;

/** Pools keep as many machines as their target says: what ends without being asked for is replaced. */
export function poolBook(time: Timeline, markets: Markets, machines: Machines): PoolBook {
  const open = new Map<string, Pool>();
  /** closed ones too, for what they were */
  const ever: Pool[] = [];
  const operations = new Map<string, { readonly operation: Operation; readonly pool: Pool }>();
  const outcomes = new Map<string, { readonly pool: Pool; readonly operation: Operation }>();

  const begin = (pool: Pool, kind: Operation['kind'], asked: number, ends: readonly Machine[] = []): Operation => {
    const id = `op-${operations.size + 1}`;
    const startedAt = time.now();
    const operation: Operation = {
      id,
      pool: pool.id,
      kind,
      startedAt,
      asked,
      wanted: 0,
      shortages: [],
      ends,
      over: undefined,
    };
    if (kind === 'resize' || kind === 'open') {
      for (const older of pool.active) if (older.kind === 'resize' || older.kind === 'open') end(pool, older, true);
    }
    operations.set(id, { operation, pool });
    pool.active = [...pool.active, operation];
    if (kind !== 'tag') pool.operations.push(operation);
    return operation;
  };
  const end = (pool: Pool, operation: Operation, replaced = false): void => {
    settle(operation, pool.members, time.now(), replaced);
    if (operation.over) pool.active = pool.active.filter((o) => o !== operation);
  };
  const settleAll = (pool: Pool): void => {
    pool.seen = undefined;
    for (const operation of pool.active) end(pool, operation);
  };

  /** Starts or ends machines until the pool has its target. */
  const fill = (pool: Pool, operation?: Operation): void => {
    const missing = pool.settings.target - pool.staying;
    if (missing < 0) {
      const staying = [...pool.members.values()].filter((m) => m.endingAt === Infinity);
      for (const machine of staying.toSorted(byChoice(time.now())).slice(0, -missing)) machines.end(machine);
      return;
    }
    if (missing === 0) return;
    const { market, purchase } = pool;
    const { shortages } = machines.start({ market, purchase, count: missing, pool, tags: pool.settings.tags });
    if (operation) {
      operation.wanted = missing;
      operation.shortages = shortages;
    }
    if (shortages.length > 0 && !pool.trying) {
      pool.trying = true;
      time.at(time.now() + AGAIN_MS, () => {
        pool.trying = false;
        fill(pool);
        settleAll(pool);
      });
    }
  };

  const poolOf = new WeakMap<Machine, Pool>();
  machines.onChange((machine, step) => {
    const pool = poolOf.get(machine) ?? open.get(machine.pool ?? '');
    if (!pool) return;
    pool.seen = undefined;
    if (step === 'launched') {
      poolOf.set(machine, pool);
      pool.members.set(machine.id, machine);
      pool.staying += 1;
    }
    if (step === 'ending' || (step === 'ended' && machine.endingAt === Infinity)) pool.staying -= 1;
    // whoever launches or ends has not told its operation yet
    if (step === 'launched' || step === 'ending') return;
    if (step === 'ended') {
      pool.members.delete(machine.id);
      pool.gone.push(machine);
      fill(pool);
      if (pool.closing && pool.members.size === 0) {
        pool.closedAt = time.now();
        open.delete(pool.id);
      }
    }
    settleAll(pool);
  });

  const snapshot = (pool: Pool): SimPool => {
    pool.seen ??= poolAt(pool, time.now(), pool.members.values());
    return pool.seen;
  };
  const changed = (pool: Pool, operation: Operation): Changed => ({
    ok: true,
    pool: snapshot(pool),
    operation: operationAt(operation, runningOf(pool.members, time.now()), time.now()),
  });

  /** Checks what every change is checked for, makes it, and remembers its outcome under its token. */
  const change = (id: string, by: Change, make: (pool: Pool) => Operation | 'outOfBounds'): Changed => {
    const pool = open.get(id);
    const key = by.token === undefined ? undefined : `${id.slice(0, id.indexOf('/'))}|${by.token}`;
    const first = key === undefined ? undefined : outcomes.get(key);
    if (first) return changed(first.pool, first.operation);
    if (!pool || pool.closing) return { ok: false, why: 'notFound' };
    if (by.expectedVersion !== undefined && by.expectedVersion !== pool.settings.version)
      return { ok: false, why: 'conflict' };
    const operation = make(pool);
    if (operation === 'outOfBounds') return { ok: false, why: 'outOfBounds' };
    if (key !== undefined) outcomes.set(key, { pool, operation });
    settleAll(pool);
    return changed(pool, operation);
  };
  const set = (pool: Pool, by: Change, to: Partial<Pick<Settings, 'target' | 'tags'>>): void => {
    pool.settings = { ...pool.settings, ...to, version: pool.settings.version + 1, by: by.by, at: time.now() };
    pool.history.push(pool.settings);
    pool.seen = undefined;
  };

  return {
    list: (provider, region) => [...open.values()].filter((p) => isOf(p, provider, region)).map(snapshot),
    listAt: (at, provider, region) =>
      ever
        .filter((p) => isOf(p, provider, region) && p.openedAt <= at && at < p.closedAt)
        .map((pool) => poolAt(pool, at, [...pool.gone, ...pool.members.values()])),
    get: (id) => {
      const pool = open.get(id);
      return pool && snapshot(pool);
    },
    open: (spec, by) => {
      const id = `${spec.provider}/${spec.region}/${spec.name}`;
      const key = by.token === undefined ? undefined : `${spec.provider}|${by.token}`;
      const first = key === undefined ? undefined : outcomes.get(key);
      if (first) return snapshot(first.pool);
      const market = markets.of(spec);
      if (!market) throw new RangeError(`nobody knows ${spec.type} in ${spec.provider}/${spec.region}/${spec.zone}`);
      if (open.has(id)) throw new RangeError(`${id} exists`);
      checkBounds(spec);
      const { target, tags } = spec;
      const settings: Settings = { target, tags, version: 1, by: by.by, at: time.now() };
      const pool: Pool = {
        id,
        name: spec.name,
        spec,
        market,
        purchase: spec.purchase,
        openedAt: time.now(),
        settings,
        history: [settings],
        members: new Map(),
        staying: 0,
        gone: [],
        active: [],
        operations: [],
        trying: false,
        closing: false,
        closedAt: Infinity,
        seen: undefined,
      };
      open.set(id, pool);
      ever.push(pool);
      const operation = begin(pool, 'open', target);
      fill(pool, operation);
      settleAll(pool);
      if (key !== undefined) outcomes.set(key, { pool, operation });
      return snapshot(pool);
    },
    resize: (id, target, by) =>
      change(id, by, (pool) => {
        if (!isSize(target) || target < pool.spec.min || target > pool.spec.max) return 'outOfBounds';
        set(pool, by, { target });
        const operation = begin(pool, 'resize', target);
        fill(pool, operation);
        return operation;
      }),
    remove: (id, instances, by) =>
      change(id, by, (pool) => {
        const named = [...new Set(instances)].flatMap((name) => pool.members.get(name) ?? []);
        const going = named.filter((machine) => machine.endingAt === Infinity);
        const target = Math.max(0, pool.settings.target - going.length);
        if (target < pool.spec.min) return 'outOfBounds';
        set(pool, by, { target });
        for (const machine of going) machines.end(machine);
        return begin(pool, 'remove', new Set(instances).size, named);
      }),
    tag: (id, tags, by) =>
      change(id, by, (pool) => {
        set(pool, by, { tags: { ...pool.settings.tags, ...tags } });
        return begin(pool, 'tag', 0);
      }),
    close: (id, by) =>
      change(id, by, (pool) => {
        set(pool, by, { target: 0 });
        pool.closing = true;
        const members = [...pool.members.values()];
        const operation = begin(pool, 'close', members.length, members);
        fill(pool);
        if (members.length === 0) {
          pool.closedAt = time.now();
          open.delete(pool.id);
        }
        return operation;
      }),
    operation: (id) => {
      const found = operations.get(id);
      return found && operationAt(found.operation, runningOf(found.pool.members, time.now()), time.now());
    },
  };
}
