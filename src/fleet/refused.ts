import { bad, type Checked, type Trouble } from '../trouble.ts';
import { pathText, type Finding } from './finding.ts';
import type { YamlSource } from './yaml/read.ts';

/** Most troubles told at once; a person mends the first few and asks again. */
const MOST_TROUBLES = 50;

/** Findings as troubles with line and column, in the order of the file. */
export function refused(findings: readonly Finding[], source: YamlSource, file: string): Checked<never> {
  const troubles = findings.map((finding) => located(finding, source, file));
  const inOrder = troubles.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  return bad(...capped(inOrder, file));
}

/** A field that is not there is shown at the nearest field around it that is. */
function located({ path, onKey = false, problem, remedy }: Finding, source: YamlSource, file: string): Trouble {
  for (let length = path.length; length >= 0; length--) {
    const itself = length === path.length;
    const spot = source.spotOf(path.slice(0, length), onKey || !itself);
    if (spot === undefined) continue;
    const at = pathText(path);
    return {
      file,
      line: spot.line,
      column: spot.column,
      ...(at === undefined ? {} : { at }),
      ...(spot.text === undefined ? {} : { value: spot.text }),
      problem,
      remedy,
    };
  }
  return { file, problem, remedy };
}

export function capped(troubles: readonly Trouble[], file: string): readonly Trouble[] {
  const rest = troubles.length - MOST_TROUBLES;
  if (rest <= 0) return troubles;
  const more: Trouble = { file, problem: `and ${rest} more`, remedy: 'mend those above first' };
  return [...troubles.slice(0, MOST_TROUBLES), more];
}
