import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProblemFile } from '../../src/interchange/problem-file.ts';
import { readProblem } from '../../src/interchange/read-problem.ts';
import { RULES, smallFiles } from '../placement/small-files.ts';

/** One amount in one of the ways in which a person or a program writes it. */
const cores = (milli: number): fc.Arbitrary<string | number> =>
  fc.constantFrom<string | number>(`${milli}m`, milli / 1000, String(milli / 1000), `${milli * 1000}u`);
const bytes = (mib: number): fc.Arbitrary<string | number> =>
  fc.constantFrom<string | number>(
    `${mib}Mi`,
    `${mib * 1024}Ki`,
    mib * 2 ** 20,
    String(mib * 2 ** 20),
    `${mib / 1024}Gi`,
  );

const read = (file: ProblemFile) => readProblem('problem.json', JSON.stringify(file));

describe('a problem file', () => {
  it('means the same however its amounts are written', () => {
    const amounts = fc.record({
      milli: fc.integer({ min: 1, max: 400_000 }),
      mib: fc.integer({ min: 1, max: 4_000_000 }),
    });
    const written = amounts.chain(({ milli, mib }) =>
      fc.record({ milli: fc.constant(milli), mib: fc.constant(mib), cpu: cores(milli), memory: bytes(mib) }),
    );
    fc.assert(
      fc.property(smallFiles([]), written, written, (file, request, node) => {
        const said: ProblemFile = {
          ...file,
          groups: file.groups.map((g) => ({ ...g, requests: { cpu: request.cpu, memory: request.memory } })),
          offerings: file.offerings.map((o) => ({ ...o, allocatable: { cpu: node.cpu, memory: node.memory } })),
        };
        const answer = read(said);
        if (!answer.ok) throw new Error(JSON.stringify(answer.troubles));
        for (const g of answer.value.groups) {
          expect(g.requests.cpu).toBe(request.milli);
          expect(g.requests.memory).toBeCloseTo(request.mib, 9);
        }
        for (const o of answer.value.offerings) {
          expect(o.allocatable.cpu).toBe(node.milli);
          expect(o.allocatable.memory).toBeCloseTo(node.mib, 9);
        }
      }),
      { numRuns: 300, seed: 20_261_129 },
    );
  });

  it('keeps every rule it states', () => {
    fc.assert(
      fc.property(smallFiles(RULES), (file) => {
        const answer = read(file);
        if (!answer.ok) throw new Error(JSON.stringify(answer.troubles));
        const { groups, offerings, rules } = answer.value;
        expect(Object.fromEntries(rules.vendorShareAtMost)).toEqual(file.rules?.vendorShareAtMost ?? {});
        expect(offerings.map((o) => [o.id, o.usdPerHour, o.atMost, o.purchase])).toEqual(
          file.offerings.map((o) => [o.id, o.usdPerHour, o.atMost, o.purchase]),
        );
        expect(
          groups.map((g) => [g.name, g.replicas, g.perNodeAtMost, g.spotAtMost, g.zoneSkew, g.survive, g.allow]),
        ).toEqual(
          file.groups.map((g) => [
            ...[g.name, g.replicas, g.perNodeAtMost, g.spotAtMost],
            g.zoneSkew === undefined ? undefined : { most: g.zoneSkew, within: 'all' },
            g.survive,
            g.allow ?? {},
          ]),
        );
      }),
      { numRuns: 200, seed: 20_261_130 },
    );
  });
});
