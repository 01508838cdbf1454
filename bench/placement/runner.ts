import { spawn } from 'node:child_process';
import { loadHighs } from '../../src/world/highs.ts';
import { type BaselineAnswer, baselineOf, type Strategy } from './baselines.ts';
import type { Instance } from './instance.ts';
import { type How, type Measured, measured } from './measure.ts';

/** Where instances are solved. */
export interface Runner {
  solve(instance: Instance, seed: number): Promise<Measured>;
  by(strategy: Strategy, instance: Instance, seed: number): Promise<BaselineAnswer>;
}

/** In this process: for a profiler, and for the processes that {@link apart} starts. */
export async function here(how: How): Promise<Runner> {
  const solver = await loadHighs();
  return {
    solve: async (instance, seed) => measured(instance, seed, solver, how),
    by: (strategy, instance, seed) => baselineOf(strategy, instance, seed),
  };
}

/**
 * Each in a process of its own, so that its peak memory is its own and a crash is one cell of the table. The process is
 * this same bench, told to solve here and to print JSON.
 *
 * @param script the bench's own file
 * @param mostS seconds after which a process is ended
 */
export function apart(how: How, script: string, mostS: number): Runner {
  const limit = how.timeLimitS === undefined ? [] : ['--time-limit', String(how.timeLimitS)];
  const given = ['--repeat', String(how.repeat), ...limit, '--here', '--json'];
  return {
    async solve({ name }, seed) {
      const [one] = await printedBy([script, `=${name}`, '--seed', String(seed), ...given], mostS);
      return typeof one === 'string' ? { name, seed, kind: 'failed', reason: one } : (one as Measured);
    },
    async by(strategy, { name }, seed) {
      const args = [script, `=${name}`, '--seed', String(seed), '--strategy', strategy, ...given];
      const [one] = await printedBy(args, mostS);
      return typeof one === 'string' ? { strategy, kind: 'failed', reason: one } : (one as BaselineAnswer);
    },
  };
}

/** The `instances` that the process prints, or in their place why there are none. */
function printedBy(args: readonly string[], mostS: number): Promise<readonly unknown[]> {
  // execArgv holds the loader that compiles TypeScript
  const child = spawn(process.execPath, [...process.execArgv, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let late = false;
  const timer = setTimeout(() => (late = child.kill('SIGKILL')), mostS * 1000);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve([error.message]));
    child.on('close', (_code, signal) => {
      clearTimeout(timer);
      if (late) return resolve([`no answer within ${mostS} s`]);
      if (signal !== null) return resolve([`ended by ${signal}`]);
      try {
        resolve((JSON.parse(out) as { readonly instances: readonly unknown[] }).instances);
      } catch {
        resolve([errorIn(err)]);
      }
    });
  });
}

function errorIn(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? 'it printed nothing';
}
