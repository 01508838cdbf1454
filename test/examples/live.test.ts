import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readFleet } from '../../src/fleet/read.ts';

const file = new URL('../../examples/live/fleet.yaml', import.meta.url);

test('the live example is a fleet file that names access to every provider', () => {
  const read = readFleet(readFileSync(file, 'utf8'), 'examples/live/fleet.yaml');
  if (!read.ok) throw new Error(read.troubles.map((t) => t.problem).join('; '));
  const fleet = read.value;
  expect(fleet.clouds.map((c) => [c.provider, c.access !== undefined || c.regions.some((r) => r.contexts)])).toEqual([
    ['aws', true],
    ['azure', true],
    ['gcp', true],
    ['kubernetes', true],
  ]);
  expect(fleet.findPoolsByTag).toEqual({ key: 'godwit.io/fleet', value: 'messenger' });
  expect(fleet.templates.filter((template) => template.like === undefined)).toEqual([]);
});
