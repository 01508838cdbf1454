import type { z } from 'zod';
import { heard, type Finding, type Path } from './finding.ts';

/** The schema's issues as findings. `value` is what was checked: it tells a missing field from a wrong one. */
export function findingsOf(issues: readonly z.core.$ZodIssue[], value: unknown): readonly Finding[] {
  return withoutEchoes(issues.flatMap((issue) => findingsOfOne(issue, value)));
}

function findingsOfOne(issue: z.core.$ZodIssue, value: unknown): readonly Finding[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    const lines = issue.message.split('\n');
    return issue.keys.map((key, i) => ({ path: [...path, key], onKey: true, ...heard(lines[i] ?? issue.message) }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path, onKey: true, ...heard(issue.issues[0]?.message ?? issue.message) }];
  }
  const onKey = issue.code === 'custom' && issue.params?.['onKey'] === true;
  const said = heard(issue.message);
  const stands = valueAt(value, path);
  if (stands === undefined) return [{ path, problem: 'missing', remedy: said.remedy }];
  if (stands === null) return [{ path, problem: 'empty', remedy: said.remedy }];
  return [{ path, ...(onKey ? { onKey } : {}), ...said }];
}

/** A misspelt field is both unknown and missing: the first says it all. */
function withoutEchoes(findings: readonly Finding[]): readonly Finding[] {
  const key = (path: Path): string => JSON.stringify(path);
  const meantHere = new Set(
    findings.flatMap(({ path, remedy }) => {
      const [, name] = /^did you mean (.+)\?$/.exec(remedy) ?? [];
      return name === undefined ? [] : [key([...path.slice(0, -1), name])];
    }),
  );
  return findings.filter(({ path, problem }) => problem !== 'missing' || !meantHere.has(key(path)));
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Readonly<Record<string | number, unknown>>)[part];
  }
  return at;
}
