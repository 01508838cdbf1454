import { pathText, type Path } from '../fleet/finding.ts';
import { bad, good, shortened, type Checked, type Trouble } from '../trouble.ts';
import { scan, type Wanted } from './scan.ts';

/** JSON text as plain data. What keeps it from being JSON is told with its line and column. */
export function parseJson(file: string, text: string): Checked<unknown> {
  const plain = withoutMark(text);
  try {
    return good(JSON.parse(plain));
  } catch (error) {
    const fault = scan(plain);
    if (fault)
      return bad({ file, ...lineAndColumn(plain, fault.offset), problem: fault.problem, remedy: fault.remedy });
    return bad({ file, problem: `it is no JSON (${String(error)})`, remedy: 'check it with a JSON editor' });
  }
}

/** Something wrong in a file, before it is known on which line it stands. */
export interface Finding {
  readonly path: Path;
  /** whether the field's name is meant, not what stands behind it */
  readonly onKey?: boolean;
  readonly problem: string;
  readonly remedy: string;
}

/** Most troubles told at once; a person mends the first few and asks again. */
const MOST_TROUBLES = 50;

/** Findings in the order of the file, each with its line. A field that is not there is shown at what should hold it. */
export function located(file: string, text: string, findings: readonly Finding[]): readonly Trouble[] {
  const plain = withoutMark(text);
  const wanted: Wanted = { below: new Map() };
  const spots = findings.map((finding) => ({ finding, way: wayTo(wanted, finding.path) }));
  scan(plain, wanted);
  const placed = spots
    .map(({ finding, way }) => ({ finding, ...spotOf(way, finding.onKey === true) }))
    .toSorted((a, b) => a.offset - b.offset);
  const told = placed.slice(0, MOST_TROUBLES).map(({ finding, offset, end }): Trouble => {
    const at = pathText(finding.path);
    const value = end === undefined ? '' : plain.slice(offset, Math.min(end, offset + 200));
    return {
      file,
      ...lineAndColumn(plain, offset),
      ...(at !== undefined && { at }),
      ...(value !== '' && !/[\n{[]/.test(value) && { value: shortened(value) }),
      problem: finding.problem,
      remedy: finding.remedy,
    };
  });
  const rest = placed.length - told.length;
  return rest > 0 ? [...told, { file, problem: `and ${rest} more`, remedy: 'mend those above first' }] : told;
}

/** From the whole document down to what the path names, each step told apart for the scan to find. */
function wayTo(root: Wanted, path: Path): readonly Wanted[] {
  const way = [root];
  let here = root;
  for (const part of path) {
    let next = here.below.get(part);
    if (!next) here.below.set(part, (next = { below: new Map() }));
    way.push(next);
    here = next;
  }
  return way;
}

function spotOf(way: readonly Wanted[], onKey: boolean): { readonly offset: number; readonly end?: number } {
  const last = way.at(-1);
  if (onKey && last?.key !== undefined) return { offset: last.key };
  if (last?.value) return { offset: last.value.start, end: last.value.end };
  return { offset: way.findLast((step) => step.value)?.value?.start ?? 0 };
}

function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: offset - start + 1 };
}

const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);
