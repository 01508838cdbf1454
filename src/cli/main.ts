import { Command, CommanderError } from 'commander';
import { EXIT, type ExitCode } from '../trouble.ts';
import { declareDoctor } from './doctor.ts';
import { declareAssess } from './assess.ts';
import { declareBelieve } from './believe.ts';
import { declareExplain } from './explain.ts';
import { declareForecast } from './forecast.ts';
import { declareInit } from './init.ts';
import { type Io, processIo } from './io.ts';
import { declarePlace } from './place.ts';
import { declarePlan } from './plan.ts';
import { declarePrices } from './prices.ts';
import { declareSchema } from './schema.ts';
import { declareValidate } from './validate.ts';
import { declareWhyNot } from './why-not.ts';
import { VERSION } from './version.ts';

/** Commands in the order a newcomer needs them; each loads what it needs only when it runs. */
const COMMANDS = [
  declareInit,
  declareValidate,
  declarePlan,
  declareExplain,
  declareWhyNot,
  declareAssess,
  declareDoctor,
  declareBelieve,
  declarePlace,
  declareForecast,
  declarePrices,
  declareSchema,
];

/** Runs one command line and answers its exit code. Nothing is thrown: what goes wrong is a line on stderr. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = new Command('godwit')
    .description(
      "Keeps an instant-messaging platform's node pools, across AWS, Azure, GCP and Kubernetes,\n" +
        'at the cheapest size that is safe, and proves how near to cheapest that is.',
    )
    .version(VERSION, '-V, --version')
    .showHelpAfterError('(godwit --help lists the commands)')
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .exitOverride();
  for (const declare of COMMANDS) declare(program, io, (c) => (code = c));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return codeOf(error, io);
  }
}

function codeOf(error: unknown, io: Io): ExitCode {
  // commander has printed its own line; its exit 1 for a wrong command line is 64 here
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (process.env['GODWIT_DEBUG'] !== undefined && error instanceof Error) io.err(`${error.stack ?? ''}\n`);
  const message = error instanceof Error ? error.message : String(error);
  io.err(`godwit: internal error: ${message.replaceAll(/\s+/g, ' ')}; please report it with GODWIT_DEBUG=1\n`);
  return EXIT.error;
}

/** The process's own entry. */
export async function main(): Promise<void> {
  let lost = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // a reader that has seen enough (head, less) closes the pipe: that is no error of ours
    if (error.code === 'EPIPE' || lost) return;
    lost = true;
    process.exitCode = EXIT.error;
    processIo.err(`godwit: stdout cannot be written (${WRITE_FAULTS[error.code ?? ''] ?? error.message})\n`);
  });
  // nobody is left to be told; what was decided is still told by the exit code
  process.stderr.on('error', () => undefined);
  process.on('SIGINT', () => process.exit(EXIT.interrupted));
  quietly();
  const code = await run(process.argv.slice(2), processIo);
  if (!lost) process.exitCode = code;
  // what is still on its way to a cloud that does not answer would keep the process for as long as that likes
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit();
}

/** Settles when what was written before has left the process, or cannot. */
const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write('', () => resolve());
  });

/** Google's client warns where it finds no metadata server, which is told as what it means: no credentials. */
function quietly(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'MetadataLookupWarning') for (const listener of listeners) listener(warning);
  });
}

const WRITE_FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EIO: 'the device failed',
  EBADF: 'it is closed',
};
