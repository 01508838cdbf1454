import { meant } from '../fleet/nearest.ts';
import type { Problem } from '../placement/problem.ts';
import { bad, good, type Checked } from '../trouble.ts';
import { located, parseJson, type Finding } from './json-text.ts';
import { problemFile, type ProblemFile } from './problem-file.ts';
import { TOP } from './shape.ts';
import { problemOf } from './to-problem.ts';

/**
 * A problem file as text → the placement problem. Text in, data out.
 *
 * Troubles are all told, each with its line: while fields are wrong only those, and then what does not fit together.
 *
 * @param file as the user named it
 */
export function readProblem(file: string, text: string): Checked<Problem> {
  const read = readProblemFile(file, text);
  return read.ok ? good(problemOf(read.value)) : read;
}

/** The same as it stands in the file, checked but not yet translated: what an answer is verified against. */
export function readProblemFile(file: string, text: string): Checked<ProblemFile> {
  const json = parseJson(file, text);
  if (!json.ok) return json;
  const found: Finding[] = [];
  problemFile.check(json.value, TOP, found);
  if (found.length > 0) return bad(...located(file, text, found));
  const problem = json.value as ProblemFile;
  const misfits = misfitsOf(problem);
  return misfits.length > 0 ? bad(...located(file, text, misfits)) : good(problem);
}

/** Names that stand twice or lead nowhere. */
function misfitsOf(problem: ProblemFile): readonly Finding[] {
  const groups = problem.groups.map((g) => g.name);
  const offerings = problem.offerings.map((o) => o.id);
  return [
    ...doubled(groups, (i) => ['groups', i, 'name']),
    ...doubled(offerings, (i) => ['offerings', i, 'id']),
    ...strangersIn(problem, groups, offerings),
  ];
}

function doubled(names: readonly string[], pathOf: (i: number) => Finding['path']): readonly Finding[] {
  const first = new Map<string, number>();
  return names.flatMap((name, i) => {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, i);
      return [];
    }
    const [kind = ''] = pathOf(i);
    return [{ path: pathOf(i), problem: `${kind}[${before}] has the same name`, remedy: 'keep one of them' }];
  });
}

/** Guesses at what was meant: comparing a name with thousands takes its time, and the first few tell the rest. */
const GUESSES = 3;

function strangersIn(
  { running = [] }: ProblemFile,
  groups: readonly string[],
  offerings: readonly string[],
): readonly Finding[] {
  const known = { groups: new Set(groups), offerings: new Set(offerings) };
  const found: Finding[] = [];
  const stranger = (
    path: Finding['path'],
    name: string,
    what: string,
    names: readonly string[],
    onKey = false,
  ): void => {
    const remedy = found.length < GUESSES ? meant(name, names) : `write the name of one of the ${what}s`;
    found.push({ path, onKey, problem: `there is no such ${what}`, remedy });
  };
  running.forEach(({ offering, replicas = {} }, i) => {
    if (!known.offerings.has(offering)) stranger(['running', i, 'offering'], offering, 'offering', offerings);
    for (const name of Object.keys(replicas)) {
      if (!known.groups.has(name)) stranger(['running', i, 'replicas', name], name, 'group', groups, true);
    }
  });
  return found;
}
