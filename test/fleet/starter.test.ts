import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { globMatch } from '../../src/fleet/glob.ts';
import { fleetJsonSchema } from '../../src/fleet/json-schema.ts';
import { readFleet } from '../../src/fleet/read.ts';
import { starterFiles } from '../../src/fleet/starter.ts';
import { instant } from '../../src/units.ts';
import { embeddedCatalog } from '../../src/world/embedded.ts';

const END = instant(Date.parse('2026-11-23T08:07:31Z'));
const files = starterFiles(END);
const text = (path: string): string => files.find((file) => file.path === path)?.text ?? '';

function starterFleet(): Extract<ReturnType<typeof readFleet>, { ok: true }>['value'] {
  const read = readFleet(text('fleet.yaml'), 'fleet.yaml');
  if (!read.ok) throw new Error(JSON.stringify(read.troubles));
  return read.value;
}

test('the starting fleet is valid, to the reader and to editors', () => {
  expect(starterFleet().name).toBe('my-fleet');
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(text('fleet.schema.json')) as object);
  expect(validate(parse(text('fleet.yaml')))).toBe(true);
  expect(JSON.parse(text('fleet.schema.json'))).toEqual(fleetJsonSchema());
});

test('what is commented out is valid too, once the marks are taken away', () => {
  const section = (from: string): string => {
    const lines = text('fleet.yaml').split('\n');
    const start = lines.findIndex((line) => line.startsWith(from));
    const rest = lines.slice(start);
    const end = rest.findIndex((line) => !/^\s*# /.test(line));
    return rest
      .slice(0, end)
      .join('\n')
      .replaceAll(/^(\s*)# /gm, '$1');
  };
  const plain = text('fleet.yaml')
    .replace(/^ {2}# kubernetes:[\s\S]*?(?=\n\n)/m, (block) => block.replaceAll(/^ {2}# /gm, '  '))
    .replace('    # residency:', '    residency:');
  const read = readFleet(`${plain}\n${section('# commitments:')}\n`, 'fleet.yaml');
  expect(read.ok ? [] : read.troubles).toEqual([]);
  if (!read.ok) return;
  expect(read.value.clouds.map((cloud) => cloud.provider)).toContain('kubernetes');
  expect([read.value.commitments.length, read.value.discounts.length]).toEqual([1, 1]);
  expect(read.value.markets[0]?.residency).toHaveLength(2);
});

test('its load is two weeks of quarter hours that end with the last one before now', () => {
  const [head = '', ...rows] = text('traffic/load.csv').trimEnd().split('\n');
  expect(rows).toHaveLength(14 * 96);
  expect(rows.at(-1)).toMatch(/^2026-11-23T08:00:00Z,/);
  const columns = head.split(',');
  for (const signal of starterFleet().signals) {
    for (const source of signal.sources) {
      expect(source).toMatchObject({ kind: 'csv', file: 'traffic/load.csv', timeColumn: 'timestamp' });
      if (source.kind === 'csv') expect(columns).toContain(source.valueColumn);
    }
  }
  const values = rows.flatMap((row) => row.split(',').slice(1).map(Number));
  expect(values.every((value) => Number.isInteger(value) && value > 0)).toBe(true);
  expect(starterFiles(END)).toEqual(files);
});

test('every type it names has a price in each of its regions', async () => {
  const fleet = starterFleet();
  const lists = embeddedCatalog();
  for (const { provider, regions } of fleet.clouds) {
    if (provider === 'kubernetes') continue;
    const catalog = await lists.prices(provider);
    if (!catalog.ok) throw new Error(JSON.stringify(catalog.troubles));
    const { types, regions: sold } = catalog.value;
    const isSold = (region: string, pattern: string): boolean =>
      types.some(({ name }, i) => globMatch(pattern, name) && Number.isFinite(sold.get(region)?.onDemand[i]));
    const named = [
      ...fleet.pools.filter((pool) => pool.provider === provider).map(({ region, type }) => [region, type] as const),
      ...fleet.templates
        .filter((template) => template.provider === provider)
        .flatMap(({ types: patterns }) => regions.flatMap(({ name }) => patterns.map((type) => [name, type] as const))),
    ];
    expect(named.filter(([region, type]) => !isSold(region, type))).toEqual([]);
  }
});
