import { InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode } from '../trouble.ts';
import { decidedFor, deciding, emptyName, isExit, type DecideGiven } from './decided.ts';
import { refuse, type Declare, type Io } from './io.ts';

interface Given extends DecideGiven {
  readonly output: 'text' | 'json';
  readonly limit: number;
}

/** `godwit why-not <offering> [fleet.yaml]`: the first thing that keeps an offering out of the plan. */
export const declareWhyNot: Declare = (program, io, finish) => {
  deciding(
    program
      .command('why-not')
      .argument(
        '<offering>',
        "an offering's id or an instance type, * allowed: 'm7i.*', 'gcp/*/spot'; or a vendor: azure",
      ),
  )
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .option('--limit <n>', 'most answers, the cheapest offerings first', wholeNumber, 10)
    .description('tell why an offering or a vendor is not in the plan, and at which discount it would be')
    .action(async (asked: string, file: string, given: Given) => finish(await why(io, asked, file, given)));
};

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('write a whole number from 1 on.');
  return Number(text);
}

async function why(io: Io, asked: string, file: string, given: Given): Promise<ExitCode> {
  if (asked.trim() === '') return refuse(io, [emptyName('<offering>')]);
  const decided = await decidedFor(io, file, given);
  if (isExit(decided)) return decided;
  const [{ whyNot }, { whyNotText }, { printLines, printJson }] = await Promise.all([
    import('../plan/why-not.ts'),
    import('../plan/explain-text.ts'),
    import('./print.ts'),
  ]);
  const { soldTypes } = await import('../wire.ts');
  const { loadHighs } = await import('../world/highs.ts');
  const answers = whyNot(decided, asked, given.limit, await soldTypes(decided.fleet), await loadHighs());
  const known = answers.answers.some((a) => a.because !== 'unknown' && a.because !== 'not-in-fleet');
  if (given.output === 'json') printJson(io, answers);
  else printLines(io, whyNotText(answers));
  return known ? EXIT.ok : EXIT.usage;
}
