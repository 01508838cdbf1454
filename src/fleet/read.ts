import { bad, good, type Checked, type Trouble } from '../trouble.ts';
import { assemble } from './assemble.ts';
import { check } from './check/check.ts';
import { fleetDocument } from './document/document.ts';
import { pathText, type Finding } from './finding.ts';
import type { Fleet } from './fleet.ts';
import { findingsOf } from './issues.ts';
import { readYaml, type YamlSource } from './yaml/read.ts';

/** Most troubles told at once; a person mends the first few and asks again. */
const MOST_TROUBLES = 50;

/**
 * A fleet file as text → the fleet, every default filled in. Text in, data out: no disk, no clock.
 *
 * Troubles are all told with line and column, in three rounds: while the YAML is broken only that is told, while
 * fields are wrong only those, and then what does not fit together.
 *
 * @param file the file as the user named it; paths in the fleet file are relative to its folder
 */
export function readFleet(text: string, file: string): Checked<Fleet> {
  const yaml = readYaml(text, file);
  if (!yaml.ok) return bad(...capped(yaml.troubles, file));
  const { value } = yaml.value;
  const fields = fleetDocument.safeParse(value);
  if (!fields.success) return refused(findingsOf(fields.error.issues, value), yaml.value, file);
  const fleet = assemble(fields.data, file);
  const findings = check(fields.data, fleet);
  return findings.length > 0 ? refused(findings, yaml.value, file) : good(fleet);
}

function refused(findings: readonly Finding[], source: YamlSource, file: string): Checked<never> {
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

function capped(troubles: readonly Trouble[], file: string): readonly Trouble[] {
  const rest = troubles.length - MOST_TROUBLES;
  if (rest <= 0) return troubles;
  const more: Trouble = { file, problem: `and ${rest} more`, remedy: 'mend those above first' };
  return [...troubles.slice(0, MOST_TROUBLES), more];
}
