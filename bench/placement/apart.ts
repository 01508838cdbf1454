import { spawn } from 'node:child_process';
import type { How, Measured } from './measure.ts';

/**
 * One instance in a process of its own, so that its peak memory is its own and a crash is one line of the table. The
 * process is this same bench, told to solve here and to print JSON.
 *
 * @param script the bench's own file
 * @param most seconds after which it is ended
 */
export function measuredApart(
  script: string,
  name: string,
  seed: number,
  { repeat, timeLimitS, baselines }: How,
  most: number,
): Promise<Measured> {
  const args = [`=${name}`, '--seed', String(seed), '--repeat', String(repeat), '--here', '--json'];
  if (timeLimitS !== undefined) args.push('--time-limit', String(timeLimitS));
  if (baselines) args.push('--baselines');
  // execArgv holds the loader that compiles TypeScript
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let late = false;
  const timer = setTimeout(() => (late = child.kill('SIGKILL')), most * 1000);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const failed = (reason: string): Measured => ({ name, seed, kind: 'failed', reason });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(failed(error.message)));
    child.on('close', (_code, signal) => {
      clearTimeout(timer);
      if (late) return resolve(failed(`no answer within ${most} s`));
      if (signal !== null) return resolve(failed(`ended by ${signal}`));
      try {
        const [one] = (JSON.parse(out) as { readonly instances: Measured[] }).instances;
        resolve(one ?? failed('it solved nothing'));
      } catch {
        resolve(failed(lastLine(err) ?? 'it printed nothing'));
      }
    });
  });
}

function lastLine(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /\w*Error\b/.test(line)) ?? lines.at(-1);
}
