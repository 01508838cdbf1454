import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { assess } from '../../src/assess/assess.ts';
import { pageOf } from '../../src/assess/page.ts';
import { asText } from '../../src/assess/text.ts';
import type { LinearSolver } from '../../src/ports.ts';
import { lineOf } from '../../src/trouble.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { priceLists } from '../support/price-lists.ts';
import { OPTIONS } from '../support/repack.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const WHOLE = readFileSync('test/assess/fixtures/gke.json', 'utf8');

/** Replaces one value somewhere deep in a document, or takes it away. */
function damage(value: unknown, picks: readonly number[], by: unknown): unknown {
  const [pick, ...rest] = picks;
  if (pick === undefined || typeof value !== 'object' || value === null) return by;
  if (Array.isArray(value)) {
    const at = pick % Math.max(1, value.length);
    return value.flatMap((v: unknown, i) =>
      i === at ? (by === undefined && rest.length === 0 ? [] : [damage(v, rest, by)]) : [v],
    );
  }
  const entries = Object.entries(value);
  const at = pick % Math.max(1, entries.length);
  return Object.fromEntries(entries.map(([k, v], i) => [k, i === at ? damage(v, rest, by) : v]));
}

describe('a damaged input', () => {
  it('is refused in clear lines or assessed, and never throws', () => {
    const document: unknown = JSON.parse(WHOLE);
    const junk = fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      '-1',
      'x',
      0,
      -7,
      1e308,
      true,
      [],
      {},
      [null],
      { a: [] },
      '__proto__',
      '999999999999Gi',
    );
    // an item, then a few steps into it
    const wound = fc.record({
      item: fc.nat(117),
      path: fc.array(fc.nat(30), { minLength: 1, maxLength: 7 }),
      by: junk,
    });
    fc.assert(
      fc.property(fc.array(wound, { minLength: 1, maxLength: 4 }), (wounds) => {
        const hurt = wounds.reduce((d, { item, path, by }) => damage(d, [1, item, ...path], by), document);
        const read = assess([{ file: 'f', text: JSON.stringify(hurt) }], priceLists(), solver, {
          ...OPTIONS,
          across: false,
          eachCloud: false,
        });
        const said = read.ok ? asText(pageOf(read.value)) : read.troubles.map(lineOf).join('\n');
        expect(said).not.toMatch(/undefined|NaN|\[object|failed its check/);
        if (read.ok)
          expect(read.value.sameCloud?.usdPerHour ?? 0).toBeLessThanOrEqual(read.value.now.usdPerHour + 1e-9);
      }),
      { numRuns: 25 },
    );
  });
});
