import { type Command, Option } from 'commander';
import { EXIT, shortened, type ExitCode, type Trouble } from '../trouble.ts';
import { decidedFor, deciding, emptyName, isExit, type DecideGiven } from './decided.ts';
import { refuse, type Declare, type Io } from './io.ts';

interface Given extends DecideGiven {
  readonly rules?: boolean;
  readonly output: 'text' | 'json';
}

/**
 * `godwit explain <subject> [fleet.yaml]`: why a pool, a service, a group or an offering has the size it has;
 * `godwit explain --rules [fleet.yaml]`: what each rule costs, and each vendor would have to.
 */
export const declareExplain: Declare = (program, io, finish) => {
  deciding(program.command('explain').argument('[subject]', 'a pool, a service, a group (gateway/eu) or an offering'))
    .option('--rules', 'instead of a subject: what each rule costs a month, and what vendors would have to cost')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .description('explain a size: forecast, quantile, replicas, nodes, the rules that bind and what one more costs')
    .action(async (subject: string | undefined, file: string, given: Given, command: Command) => {
      if (given.rules !== true) return finish(await explainSubject(io, subject ?? '', file, given));
      // without a subject the first name is the file's
      return finish(command.args.length > 1 ? refuse(io, [tooMany(file)]) : await explainAll(io, subject, given));
    });
};

const tooMany = (second: string): Trouble => ({
  file: 'command line',
  at: '[file]',
  value: shortened(second),
  problem: '--rules is about the whole fleet and takes no subject',
  remedy: 'name only the fleet file: godwit explain --rules fleet.yaml',
});

async function explainAll(io: Io, file = 'fleet.yaml', given: Given): Promise<ExitCode> {
  const decided = await decidedFor(io, file, given);
  if (isExit(decided)) return decided;
  const [{ explainRules, rulesText }, { loadHighs }, { printLines, printJson }] = await Promise.all([
    import('../plan/explain-rules.ts'),
    import('../world/highs.ts'),
    import('./print.ts'),
  ]);
  const why = explainRules(decided, await loadHighs());
  if (given.output === 'json') printJson(io, why);
  else if (why.kind === 'rules') printLines(io, rulesText(why));
  else io.err(`godwit: ${rulesText(why).join(' ')}\n`);
  return why.kind === 'rules' ? EXIT.ok : EXIT.incomplete;
}

async function explainSubject(io: Io, subject: string, file: string, given: Given): Promise<ExitCode> {
  if (subject.trim() === '') return refuse(io, [emptyName('<subject>')]);
  const decided = await decidedFor(io, file, given);
  if (isExit(decided)) return decided;
  const [{ explain }, { explainText }, { loadHighs }, { printLines, printJson }] = await Promise.all([
    import('../plan/explain.ts'),
    import('../plan/explain-text.ts'),
    import('../world/highs.ts'),
    import('./print.ts'),
  ]);
  const explanation = explain(decided, subject, await loadHighs());
  const known =
    explanation.kind === 'not-in-plan'
      ? explanation.why.answers.some((a) => a.because !== 'unknown' && a.because !== 'not-in-fleet')
      : explanation.kind !== 'unknown';
  if (given.output === 'json') printJson(io, explanation);
  else if (known) printLines(io, explainText(explanation));
  else io.err(`godwit: ${explainText(explanation).join(' ')}\n`);
  return known ? EXIT.ok : EXIT.usage;
}
