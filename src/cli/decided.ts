import type { Command } from 'commander';
import type { Decided } from '../plan/plan.ts';
import { EXIT, shortened, type ExitCode, type Trouble } from '../trouble.ts';
import { instant, type Instant } from '../units.ts';
import { refuse, type Io } from './io.ts';

/** What every command that decides is told. */
export interface DecideGiven {
  readonly offline?: boolean;
  readonly at?: string;
}

export const deciding = (command: Command): Command =>
  command
    .argument('[file]', 'fleet file', 'fleet.yaml')
    .option('--offline', 'ask nothing over the network: embedded prices, recorded load')
    .option('--at <time>', 'decide as of this time: 2026-03-02T18:00Z (default: now, or the end of recorded load)');

/**
 * Decides for the fleet of a file, or says why that is not possible: 64 for the command line and the fleet file, 4
 * when facts that the fleet needs could not be read.
 */
export async function decidedFor(
  io: Io,
  file: string,
  { offline = false, at }: { readonly offline?: boolean; readonly at?: string },
): Promise<Decided | ExitCode> {
  const time = at === undefined ? undefined : await timeOf(at);
  if (time !== undefined && typeof time !== 'number') return refuse(io, [time]);
  const { decideFleet } = await import('../wire.ts');
  const decided = await decideFleet(file, { offline, ...(time !== undefined && { at: time }) });
  if (decided.ok) return decided.value;
  return refuse(io, decided.troubles, decided.troubles.some((t) => t.file === file) ? EXIT.usage : EXIT.incomplete);
}

async function timeOf(text: string): Promise<Instant | Trouble> {
  const { parseTime } = await import('../signals/time.ts');
  // a bare number would be seconds after an epoch, which nobody means here
  const ms = text.includes('-') ? parseTime(text) : Number.NaN;
  if (Number.isFinite(ms)) return instant(ms);
  return {
    file: 'command line',
    at: '--at',
    value: shortened(text),
    problem: 'it is no time',
    remedy: 'write it as 2026-03-02T18:00Z',
  };
}

/** Asked about nothing, most often a shell variable that is not set. */
export const emptyName = (at: string): Trouble => ({
  file: 'command line',
  at,
  problem: 'it is empty',
  remedy: 'write the name that is asked about',
});

export const isExit = (answer: Decided | ExitCode): answer is ExitCode => typeof answer === 'number';
