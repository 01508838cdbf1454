import { Option } from 'commander';
import { EXIT, type ExitCode } from '../trouble.ts';
import { decidedFor, deciding, emptyName, isExit, type DecideGiven } from './decided.ts';
import { refuse, type Declare, type Io } from './io.ts';

interface Given extends DecideGiven {
  readonly output: 'text' | 'json';
}

/** `godwit explain <subject> [fleet.yaml]`: why a pool, a service, a group or an offering has the size it has. */
export const declareExplain: Declare = (program, io, finish) => {
  deciding(program.command('explain').argument('<subject>', 'a pool, a service, a group (gateway/eu) or an offering'))
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .description('explain a size: forecast, quantile, replicas, nodes, the rules that bind and what one more costs')
    .action(async (subject: string, file: string, given: Given) =>
      finish(await explainSubject(io, subject, file, given)),
    );
};

async function explainSubject(io: Io, subject: string, file: string, given: Given): Promise<ExitCode> {
  if (subject.trim() === '') return refuse(io, [emptyName('<subject>')]);
  const decided = await decidedFor(io, file, given);
  if (isExit(decided)) return decided;
  const [{ explain }, { explainText }, { printLines, printJson }] = await Promise.all([
    import('../plan/explain.ts'),
    import('../plan/explain-text.ts'),
    import('./print.ts'),
  ]);
  const explanation = explain(decided, subject);
  const known =
    explanation.kind === 'not-in-plan'
      ? explanation.why.answers.some((a) => a.because !== 'unknown' && a.because !== 'not-in-fleet')
      : explanation.kind !== 'unknown';
  if (given.output === 'json') printJson(io, explanation);
  else if (known) printLines(io, explainText(explanation));
  else io.err(`godwit: ${explainText(explanation).join(' ')}\n`);
  return known ? EXIT.ok : EXIT.usage;
}
