import type { Command } from 'commander';
import { EXIT, lineOf, type ExitCode, type Trouble } from '../trouble.ts';

/** Where a command writes: data to stdout, everything else to stderr. Tests hand in their own. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** whether stdout is a terminal that shows colour */
  readonly colour: boolean;
  /** columns of the terminal; undefined when stdout is not one */
  readonly width: number | undefined;
}

/** A command in its own file: declares itself on the program; its action loads what it needs and answers an exit code. */
export type Declare = (program: Command, io: Io, finish: (code: ExitCode) => void) => void;

export const processIo: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  width: process.stdout.isTTY ? process.stdout.columns : undefined,
};

/** Prints each trouble on a line of its own and answers the exit code. */
export function refuse(io: Io, troubles: readonly Trouble[], code: ExitCode = EXIT.usage): ExitCode {
  for (const t of troubles) io.err(`godwit: ${lineOf(t)}\n`);
  return code;
}
