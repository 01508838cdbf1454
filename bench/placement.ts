/**
 * Placement on seeded instances: what an answer costs, how near it is to the proven bound, how long it takes, and how
 * much dearer the usual ways are.
 *
 *   npx tsx bench/placement.ts [name filter…] [--seed 1-5] [--repeat n] [--baselines] [--time-limit s] [--json]
 *
 * A filter is a part of a name, a pattern with *, or =name. --list shows the names; --here solves in this process, for
 * a profiler; --most s ends an instance's process after so long (600). With
 * --strategy NAME that baseline alone is run, as the processes that --baselines starts do.
 */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BaselineAnswer, STRATEGIES, type Strategy } from './placement/baselines.ts';
import type { Instance } from './placement/instance.ts';
import { INSTANCES } from './placement/instances.ts';
import type { How, Measured } from './placement/measure.ts';
import { apart, here, type Runner } from './placement/runner.ts';
import { seedsOf, selected, Slip } from './placement/select.ts';
import { headOf, missed, rowOf } from './placement/table.ts';

const OPTIONS = {
  seed: { type: 'string', default: '1' },
  repeat: { type: 'string', default: '1' },
  baselines: { type: 'boolean', default: false },
  strategy: { type: 'string' },
  'time-limit': { type: 'string' },
  most: { type: 'string', default: '600' },
  json: { type: 'boolean', default: false },
  here: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
} as const;

interface Asked extends How {
  readonly seeds: readonly number[];
  readonly baselines: boolean;
  /** a baseline to run in place of ours */
  readonly strategy: Strategy | undefined;
  readonly mostS: number;
  readonly json: boolean;
  readonly here: boolean;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!isSlip(error)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<0 | 1> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const chosen = selected(INSTANCES, positionals);
  if (values.list) {
    for (const { name } of chosen) console.log(name);
    return 0;
  }
  return run(chosen, {
    seeds: seedsOf(values.seed),
    repeat: counted('--repeat', values.repeat),
    timeLimitS: values['time-limit'] === undefined ? undefined : positive('--time-limit', values['time-limit']),
    baselines: values.baselines,
    strategy: strategyOf(values.strategy),
    mostS: positive('--most', values.most),
    json: values.json,
    here: values.here,
  });
}

/** @returns 1 when an answer is broken or none came */
async function run(chosen: readonly Instance[], asked: Asked): Promise<0 | 1> {
  const runner = asked.here ? await here(asked) : apart(asked, fileURLToPath(import.meta.url), asked.mostS);
  if (asked.strategy !== undefined) return runBaseline(runner, asked.strategy, chosen, asked);
  const layout = { seeds: asked.seeds.length > 1, baselines: asked.baselines };
  if (!asked.json) console.log(`${preamble(asked)}\n\n${headOf(layout)}`);
  const all: (Measured & { readonly baselines?: readonly BaselineAnswer[] })[] = [];
  for (const instance of chosen) {
    for (const seed of asked.seeds) {
      const one = await runner.solve(instance, seed);
      const baselines: BaselineAnswer[] = [];
      if (asked.baselines && one.kind === 'solved')
        for (const strategy of STRATEGIES) baselines.push(await runner.by(strategy, instance, seed));
      all.push(asked.baselines ? { ...one, baselines } : one);
      if (!asked.json) console.log(rowOf(layout, one, instance.target, baselines));
    }
  }
  console.log(asked.json ? JSON.stringify(documentOf(asked, all)) : `\n${summary(chosen, all)}`);
  return all.some((m) => m.kind === 'failed' || (m.kind === 'solved' && m.broken.length > 0)) ? 1 : 0;
}

async function runBaseline(
  runner: Runner,
  strategy: Strategy,
  chosen: readonly Instance[],
  asked: Asked,
): Promise<0 | 1> {
  const answers: BaselineAnswer[] = [];
  for (const instance of chosen)
    for (const seed of asked.seeds) answers.push(await runner.by(strategy, instance, seed));
  console.log(asked.json ? JSON.stringify({ schemaVersion: 1, machine: machine(), instances: answers }) : answers);
  return answers.some((a) => a.kind === 'failed') ? 1 : 0;
}

function documentOf({ repeat, timeLimitS }: Asked, instances: readonly Measured[]): object {
  return { schemaVersion: 1, machine: machine(), repeat, timeLimitS, instances };
}

function preamble({ here: inside, repeat, timeLimitS, baselines }: Asked): string {
  const where = inside ? 'All in one process' : 'Each instance in a process of its own';
  const runs = repeat === 1 ? 'one run' : `median of ${repeat} runs`;
  return [
    `${machine()}. ${where}, ${runs} after a warm-up on a smaller`,
    'problem of the same kind: the first solve in a process also compiles WebAssembly and JavaScript.',
    'RSS is the peak of the whole process. gap = cost / bound − 1. verified = every rule counted again on the answer.',
    ...(timeLimitS === undefined ? [] : [`place is told that its time is up after ${timeLimitS} s.`]),
    ...(baselines
      ? ['Baselines: their cost / ours; -n = n replicas not placed, !n = n rules broken, late = no answer in time.']
      : []),
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
    const misses = t && missed(m, t);
    return misses ? [misses.length === 0] : [];
  });
  return [
    `${solved.filter((m) => m.broken.length === 0).length} of ${all.length} verified`,
    `${all.filter((m) => m.kind === 'left out').length} left out`,
    `${all.filter((m) => m.kind === 'failed').length} failed`,
    `${wanted.filter(Boolean).length} of ${wanted.length} as wanted`,
  ].join(', ');
}

function strategyOf(text: string | undefined): Strategy | undefined {
  const found = STRATEGIES.find((s) => s === text);
  if (text !== undefined && !found) throw new Slip(`--strategy is one of ${STRATEGIES.join(', ')}, got ${text}`);
  return found;
}

function positive(option: string, text: string): number {
  const n = Number(text);
  if (!(n > 0 && n < Infinity)) throw new Slip(`${option} must be over 0, got ${text}`);
  return n;
}

function counted(option: string, text: string): number {
  const n = positive(option, text);
  if (!Number.isInteger(n)) throw new Slip(`${option} is a whole number, got ${text}`);
  return n;
}

/** Ours, or one of Node's parser, which has codes of its own. */
function isSlip(error: unknown): error is Error {
  if (error instanceof Slip) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
