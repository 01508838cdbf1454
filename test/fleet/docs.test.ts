import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sectionsIn, withTables } from '../../scripts/fleet-fields.ts';
import { fleetJsonSchema } from '../../src/fleet/json-schema.ts';
import { readFleet } from '../../src/fleet/read.ts';

const docs = readFileSync(new URL('../../docs/fleet.md', import.meta.url), 'utf8');

test('the tables of docs/fleet.md are those of the schema (npx tsx scripts/fleet-fields.ts writes them anew)', () => {
  expect(withTables(docs)).toBe(docs);
});

test('every part of the file has its table', () => {
  const parts = sectionsIn(docs).map((section) => section.replace(/[.[].*$/, ''));
  const plain = ['version', 'name', 'cycle', 'horizon'];
  const missing = Object.keys(fleetJsonSchema().properties ?? {}).filter(
    (part) => !plain.includes(part) && !parts.includes(part),
  );
  expect(missing).toEqual([]);
});

test('a table that the schema knows nothing of is a mistake', () => {
  expect(() => withTables('<!-- fields: servces -->\n<!-- end -->')).toThrow('servces');
});

test('the examples of docs/fleet.md are one valid fleet file that uses every part', () => {
  const file = [...docs.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
  expect(readFleet(file, 'docs/fleet.md')).toMatchObject({ ok: true });
  for (const part of Object.keys(fleetJsonSchema().properties ?? {}))
    expect(file).toMatch(new RegExp(`^${part}:`, 'm'));
});
