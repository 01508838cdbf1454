import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeBy, STRATEGIES } from '../../src/baselines/place-by.ts';
import { answerJson } from '../../src/interchange/answer-json.ts';
import { problemOf } from '../../src/interchange/to-problem.ts';
import { verify } from '../../src/proof/verify.ts';
import { RULES, smallFiles } from '../placement/small-files.ts';

/** Claims about rules that no strategy knows: an answer may break these, and says so. */
const UNKNOWN = { spot: 'spotAtMost', survival: 'survive', vendors: 'vendorShareAtMost' } as const;

describe.each(STRATEGIES)('answers of %s, verified with none of its code', (strategy) => {
  it('hold, but for the rules it does not know and says it breaks', () => {
    let [holding, breaking] = [0, 0];
    fc.assert(
      fc.property(smallFiles(RULES, { each: 20, all: 60 }), (file) => {
        const answer = answerJson(placeBy(strategy, problemOf(file)), 0);
        const wrong = verify(file, answer).findings.filter((f) => f.verdict === 'fails');
        const told = (rule: string): boolean => answer.conflict.some((line) => line.startsWith(`${rule} is not kept`));
        const unexpected = wrong.filter(
          (f) => !(f.claim in UNKNOWN) || !told(UNKNOWN[f.claim as keyof typeof UNKNOWN]),
        );
        // a partial answer's rules are read on what it places, which its own report reads on all
        if (answer.status === 'placed') expect(unexpected).toEqual([]);
        else expect(unexpected.filter((f) => !(f.claim in UNKNOWN))).toEqual([]);
        if (wrong.length === 0) holding++;
        else breaking++;
      }),
      { numRuns: 150, seed: 20_261_131 },
    );
    expect(holding).toBeGreaterThan(20);
    expect(breaking).toBeGreaterThan(20);
  });
});
