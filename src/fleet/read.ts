import { bad, good, type Checked } from '../trouble.ts';
import { assemble } from './assemble.ts';
import { check } from './check/check.ts';
import { fleetDocument } from './document/document.ts';
import type { Fleet } from './fleet.ts';
import { findingsOf } from './issues.ts';
import { capped, refused } from './refused.ts';
import { readYaml } from './yaml/read.ts';

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
