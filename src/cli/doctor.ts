import { Option } from 'commander';
import type { Examined } from '../wire/examine.ts';
import { EXIT, type ExitCode } from '../trouble.ts';
import { refuse, type Declare, type Io } from './io.ts';

const FORMATS = ['table', 'json', 'policy'] as const;

interface Given {
  readonly file?: string;
  readonly output: (typeof FORMATS)[number];
}

/** `godwit doctor [fleet.yaml]`: whether the live clouds can be asked, what is missing, and what would grant it. */
export const declareDoctor: Declare = (program, io, finish) => {
  program
    .command('doctor')
    .argument('[file]', 'fleet file', 'fleet.yaml')
    .option('-f, --file <file>', 'fleet file, the same as the argument')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(FORMATS).default('table'))
    .description(
      'check credentials, permissions, clocks, pools and prices of every cloud that the fleet names access to',
    )
    .addHelpText('after', EXIT_CODES)
    .action(async (file: string, given: Given) => finish(await doctor(io, given.file ?? file, given)));
};

const EXIT_CODES = `
It reads and never writes: where a cloud can tell whether a change would be allowed, it is asked that.

Exit codes: 0 nothing is missing · 4 something is · 64 the command line or the fleet file is wrong`;

async function doctor(io: Io, file: string, { output }: Given): Promise<ExitCode> {
  const [{ examineFleet }, { doctorJson, doctorPolicies, doctorText }] = await Promise.all([
    import('../wire/examine.ts'),
    import('./doctor-text.ts'),
  ]);
  const examined = await examineFleet(file);
  if (!examined.ok)
    return refuse(io, examined.troubles, examined.troubles.some((t) => t.file === file) ? EXIT.usage : EXIT.incomplete);
  const clouds = examined.value;
  switch (output) {
    case 'json':
      io.out(doctorJson(clouds));
      break;
    case 'policy':
      io.out(doctorPolicies(clouds));
      break;
    case 'table':
      io.out(doctorText(clouds, io.colour ? await (await import('./paint.ts')).paint() : undefined));
      break;
    default:
      return output satisfies never;
  }
  return clouds.some(lacks) ? EXIT.incomplete : EXIT.ok;
}

const lacks = ({ findings }: Examined): boolean =>
  findings.some(({ state }) => state === 'missing' || state === 'failed');
