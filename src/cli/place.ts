import { basename, dirname } from 'node:path';
import { Option } from 'commander';
import type { Placement } from '../placement/placement.ts';
import type { Problem } from '../placement/problem.ts';
import type { View } from '../plan/render/view.ts';
import { parseDuration } from '../quantity.ts';
import { bad, EXIT, good, shortened, type Checked, type ExitCode, type Trouble } from '../trouble.ts';
import { refuse, type Declare, type Io } from './io.ts';

const OUTPUTS = ['table', 'json'] as const;
const STRATEGIES = ['godwit', 'karpenter', 'ca-least-waste', 'ca-price', 'ffd'] as const;

interface Given {
  readonly output: (typeof OUTPUTS)[number];
  readonly strategy: (typeof STRATEGIES)[number];
  readonly timeLimit?: string;
  readonly out?: string;
  readonly full?: boolean;
  readonly verify?: true;
}

/** `godwit place problem.json`: the cheapest nodes for the replicas of a file, and the proof; with --verify, its check. */
export const declarePlace: Declare = (program, io, finish) => {
  program
    .command('place')
    .argument('<problem>', 'problem file; - for stdin')
    .argument('[answer]', 'with --verify: the answer file; - for stdin')
    .description('place the replicas of a problem file on whole nodes at least cost, and prove how near to least')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(OUTPUTS).default('table'))
    .option('--time-limit <duration>', 'answer with the best found by then: 500ms, 2s (default: until it is done)')
    .addOption(
      new Option('--strategy <name>', 'godwit, or what another autoscaler would run')
        .choices(STRATEGIES)
        .default('godwit'),
    )
    .option('--out <file>', 'also write the answer as JSON, whole or not at all')
    .option('--full', 'every offering, group and rule, and what is on each node')
    .option('--verify', 'check an answer against its problem, with none of the code that found it')
    .addHelpText('after', HELP)
    .action(async (problem: string, answer: string | undefined, given: Given) =>
      finish(
        given.verify ? await verifyFiles(io, problem, answer, given) : await placeFile(io, problem, answer, given),
      ),
    );
};

const HELP = `
Examples:
  godwit place problem.json
  godwit place problem.json --strategy karpenter
  godwit place problem.json -o json --time-limit 2s > answer.json
  godwit place --verify problem.json answer.json

The formats: docs/place.md, godwit schema --of problem, godwit schema --of answer

Exit codes: 0 all replicas have a place, or the answer holds · 3 some have none, or the answer does not hold · 64 the
command line or a file is wrong
`;

async function placeFile(io: Io, file: string, answer: string | undefined, given: Given): Promise<ExitCode> {
  const started = performance.now();
  const limit = millisecondsOf(given.timeLimit);
  const troubles = [
    ...(limit.ok ? [] : limit.troubles),
    ...(answer === undefined ? [] : [astray('answer', answer, 'an answer is read only to check it', 'add --verify')]),
    ...(given.out === undefined ? [] : await inTheWayOf(given.out)),
  ];
  if (!limit.ok || troubles.length > 0) return refuse(io, troubles);
  // the solver compiles on other threads while the file is read
  const loading = strategyOf(given.strategy, limit.value);
  loading.catch(() => undefined); // told where it is awaited
  const problem = await problemIn(io, file);
  const strategy = await loading;
  const placement = problem.ok ? await strategy.place(problem.value) : undefined;
  await strategy.close();
  if (!problem.ok || !placement) return refuse(io, problem.ok ? [] : problem.troubles);
  const seconds = (performance.now() - started) / 1000;
  const { answerJson } = await import('../interchange/answer-json.ts');
  const json = `${JSON.stringify(answerJson(placement, seconds), null, 2)}\n`;
  io.out(given.output === 'json' ? json : await asTable(io, file, problem.value, placement, seconds, given));
  if (given.out !== undefined && !(await written(io, given.out, json))) return EXIT.error;
  return placement.status === 'placed' ? EXIT.ok : EXIT.violation;
}

/** Who places; closed when it has. */
interface Strategy {
  place(problem: Problem): Placement | Promise<Placement>;
  close(): Promise<void>;
}

async function strategyOf(name: Given['strategy'], limitMs?: number): Promise<Strategy> {
  if (name !== 'godwit') {
    const { placeBy } = await import('../baselines/place-by.ts');
    return { place: (problem) => placeBy(name, problem), close: async () => undefined };
  }
  const from = performance.now();
  const [{ placeApart }, { nowMs }] = await Promise.all([
    import('../world/place-apart.ts'),
    import('../world/time-limit.ts'),
  ]);
  return placeApart({ from: nowMs() - (performance.now() - from), ...(limitMs !== undefined && { limitMs }) });
}

async function problemIn(io: Io, file: string): Promise<Checked<Problem>> {
  const [text, { readProblemFile }, { problemOf }, { remarksOf }] = await Promise.all([
    textOf(file),
    import('../interchange/read-problem.ts'),
    import('../interchange/to-problem.ts'),
    import('../interchange/remarks.ts'),
  ]);
  if (!text.ok) return text;
  const read = readProblemFile(nameOf(file), text.value);
  if (!read.ok) return read;
  const { inert } = await import('../plan/render/lines.ts');
  for (const remark of remarksOf(read.value)) io.err(`godwit: ${nameOf(file)}: ${inert(remark)}\n`);
  return good(problemOf(read.value));
}

async function verifyFiles(io: Io, file: string, answer: string | undefined, given: Given): Promise<ExitCode> {
  const surplus = (['timeLimit', 'out'] as const).flatMap((option) => {
    const value = given[option];
    const name = option === 'out' ? '--out' : '--time-limit';
    return value === undefined ? [] : [astray(name, value, 'it does not go with --verify', 'leave it out')];
  });
  if (surplus.length > 0) return refuse(io, surplus);
  if (answer === undefined) return refuse(io, [NO_ANSWER]);
  if (file === '-' && answer === '-') return refuse(io, [TWICE_STDIN]);
  const [{ readProblemFile }, { readAnswer }, { verify }] = await Promise.all([
    import('../interchange/read-problem.ts'),
    import('../interchange/answer-json.ts'),
    import('../proof/verify.ts'),
  ]);
  const [problemText, answerText] = [await textOf(file), await textOf(answer)];
  const problem = problemText.ok ? readProblemFile(nameOf(file), problemText.value) : problemText;
  const answered = answerText.ok ? readAnswer(nameOf(answer), answerText.value) : answerText;
  const troubles = [problem, answered].flatMap((read) => (read.ok ? [] : read.troubles));
  if (!problem.ok || !answered.ok) return refuse(io, troubles);
  const found = verify(problem.value, answered.value);
  if (given.output === 'json') io.out(`${JSON.stringify({ schemaVersion: 1, ...found }, null, 2)}\n`);
  else {
    const [{ verificationView }, table] = await Promise.all([import('./place-view.ts'), tableRenderer(io)]);
    io.out(table(verificationView(found, nameOf(file), nameOf(answer))));
  }
  return found.holds ? EXIT.ok : EXIT.violation;
}

const NO_ANSWER: Trouble = {
  file: 'command line',
  at: '--verify',
  problem: 'there is no answer to check',
  remedy: 'name its file after the problem: godwit place --verify problem.json answer.json',
};
const TWICE_STDIN: Trouble = {
  file: 'command line',
  problem: 'stdin cannot be both the problem and the answer',
  remedy: 'name a file for one of them',
};

const astray = (at: string, value: string, problem: string, remedy: string): Trouble => ({
  file: 'command line',
  at,
  value: shortened(value),
  problem,
  remedy,
});

function millisecondsOf(text: string | undefined): Checked<number | undefined> {
  if (text === undefined) return good(undefined);
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return good(seconds * 1000);
  return bad(astray('--time-limit', text, 'it is no time', 'write a number with its unit, like 500ms, 2s or 1m'));
}

/** Thousands of offerings are some MB; what is larger is no problem file. */
const LARGEST = 256 * 2 ** 20;

async function textOf(file: string): Promise<Checked<string>> {
  if (file !== '-') return (await import('../world/files.ts')).readTextFile(file, LARGEST);
  if (process.stdin.isTTY) {
    return bad({ file: 'stdin', problem: 'nothing is piped in', remedy: 'name a file, or pipe one into -' });
  }
  return (await import('./stdin.ts')).readStream(process.stdin, 'stdin', LARGEST);
}

const nameOf = (file: string): string => (file === '-' ? 'stdin' : file);

async function asTable(
  io: Io,
  file: string,
  problem: Problem,
  placement: Placement,
  seconds: number,
  { full = false, strategy }: Given,
): Promise<string> {
  const [{ placementView }, table] = await Promise.all([import('./place-view.ts'), tableRenderer(io)]);
  return table(placementView({ file: nameOf(file), problem, placement, seconds, strategy, full }));
}

async function tableRenderer(io: Io): Promise<(view: View) => string> {
  const { renderTable: render } = await import('../plan/render/table.ts');
  const paint = io.colour ? await (await import('./paint.ts')).paint() : undefined;
  return (view) => render(view, io.width, paint);
}

async function inTheWayOf(out: string): Promise<readonly Trouble[]> {
  const { folderInPlaceOf } = await import('./write-new.ts');
  const trouble = await folderInPlaceOf(out);
  return trouble ? [trouble] : [];
}

/** Written after it is printed, so that a place that takes no file does not cost the answer. */
async function written(io: Io, out: string, text: string): Promise<boolean> {
  const { writeNew } = await import('./write-new.ts');
  const answer = await writeNew(dirname(out), [{ path: basename(out), text }], true);
  if (!answer.ok) refuse(io, answer.troubles);
  return answer.ok;
}
