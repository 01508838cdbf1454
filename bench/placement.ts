/**
 * Placement on seeded instances: what an answer costs, how near it is to the proven bound, how long it takes, and how
 * much dearer the usual ways are.
 *
 *   npx tsx bench/placement.ts [name filter…] [--seed 1-5] [--repeat n] [--baselines] [--time-limit s] [--json]
 *
 * A filter is a part of a name, a pattern with *, or =name. --list shows the names; --here solves in this process, for
 * a profiler; --most s ends an instance's process after so long (600).
 */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadHighs } from '../src/world/highs.ts';
import { measuredApart } from './placement/apart.ts';
import type { Instance } from './placement/instance.ts';
import { INSTANCES } from './placement/instances.ts';
import { type How, type Measured, measured } from './placement/measure.ts';
import { seedsOf, selected } from './placement/select.ts';
import { headOf, missed, rowOf } from './placement/table.ts';

const { values, positionals } = given();

try {
  const chosen = selected(INSTANCES, positionals);
  if (values.list) for (const { name } of chosen) console.log(name);
  else process.exitCode = await run(chosen);
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/** @returns 1 when an answer is broken or none came */
async function run(chosen: readonly Instance[]): Promise<0 | 1> {
  const seeds = seedsOf(values.seed);
  const how: How = {
    repeat: counted('--repeat', values.repeat),
    timeLimitS: values['time-limit'] === undefined ? undefined : positive('--time-limit', values['time-limit']),
    baselines: values.baselines,
  };
  const solve = await solverOf(how);
  const layout = { seeds: seeds.length > 1, baselines: values.baselines };
  if (!values.json) console.log(`${preamble(how)}\n\n${headOf(layout)}`);
  const all: Measured[] = [];
  for (const instance of chosen) {
    for (const seed of seeds) {
      for (const one of await solve(instance, seed)) {
        all.push(one);
        if (!values.json) console.log(rowOf(layout, one, instance.target));
      }
    }
  }
  if (values.json) console.log(JSON.stringify({ schemaVersion: 1, machine: machine(), ...how, instances: all }));
  else console.log(`\n${summary(chosen, all)}`);
  return all.some((m) => m.kind === 'failed' || (m.kind === 'solved' && m.broken.length > 0)) ? 1 : 0;
}

function given() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seed: { type: 'string', default: '1' },
        repeat: { type: 'string', default: '1' },
        baselines: { type: 'boolean', default: false },
        'time-limit': { type: 'string' },
        most: { type: 'string', default: '600' },
        json: { type: 'boolean', default: false },
        here: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

type Solve = (instance: Instance, seed: number) => Promise<Measured[]>;

async function solverOf(how: How): Promise<Solve> {
  if (!values.here) {
    const [script, most] = [fileURLToPath(import.meta.url), positive('--most', values.most)];
    return (instance, seed) => measuredApart(script, instance.name, seed, how, most);
  }
  const solver = await loadHighs();
  return async (instance, seed) => [await measured(instance, seed, solver, how)];
}

function preamble(how: How): string {
  const limit = how.timeLimitS === undefined ? '' : ` Time limit ${how.timeLimitS} s.`;
  return [
    `${machine()}. ${values.here ? 'All in one process' : 'Each instance in a process of its own'}, ${how.repeat === 1 ? 'one run' : `median of ${how.repeat} runs`} after a`,
    `warm-up on a smaller problem of the same kind: the first solve in a process also compiles WebAssembly and JavaScript.`,
    `RSS is the peak of the whole process. gap = cost / bound − 1. verified = every rule counted again on the answer.${limit}`,
    ...(how.baselines ? ['Baselines: their cost / ours; -n = n replicas not placed, !n = n rules broken.'] : []),
  ].join('\n');
}

function machine(): string {
  return `Node ${process.versions.node} on ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'CPU'}`;
}

function summary(chosen: readonly Instance[], all: readonly Measured[]): string {
  const solved = all.filter((m) => m.kind === 'solved');
  const target = new Map(chosen.map((i) => [i.name, i.target]));
  const wanted = solved.flatMap((m) => {
    const t = target.get(m.name);
    return t ? [missed(m, t).length === 0] : [];
  });
  return [
    `${solved.filter((m) => m.broken.length === 0).length} of ${all.length} verified`,
    `${all.filter((m) => m.kind === 'left out').length} left out`,
    `${all.filter((m) => m.kind === 'failed').length} failed`,
    `${wanted.filter(Boolean).length} of ${wanted.length} as wanted`,
  ].join(', ');
}

function positive(option: string, text: string): number {
  const n = Number(text);
  if (!(n > 0 && n < Infinity)) throw new RangeError(`${option} must be over 0, got ${text}`);
  return n;
}

function counted(option: string, text: string): number {
  if (!Number.isInteger(positive(option, text))) throw new RangeError(`${option} is a whole number, got ${text}`);
  return Number(text);
}
