import { describe, expect, it } from 'vitest';
import type { ProblemFile } from '../../src/interchange/problem-file.ts';
import { remarksOf } from '../../src/interchange/remarks.ts';
import { SMALL } from './small.ts';

const [gateway, inference] = SMALL.groups;
const [aws, gcp] = SMALL.offerings;
if (!gateway || !inference || !aws || !gcp) throw new Error('the small problem has two of each');

describe('remarks on a problem', () => {
  it('has none on one that means what it says', () => expect(remarksOf(SMALL)).toEqual([]));

  it.each<[string, Partial<ProblemFile>, string]>([
    [
      'a zone that no offering is in',
      { groups: [{ ...gateway, allow: { zone: ['us-east-1a', 'us-east-1x'] } }] },
      'gateway/sea allows zone us-east-1x, which no offering has; did you mean us-east-1a?',
    ],
    [
      'a pattern that matches nothing',
      { groups: [{ ...gateway, allow: { type: ['c7*'] } }] },
      'gateway/sea allows type c7*, which no offering has',
    ],
    [
      'memory without a unit',
      { groups: [{ ...inference, requests: { cpu: 1, memory: 4 } }] },
      'inference asks for 4 bytes of memory: "4Gi" is a text with its unit',
    ],
    [
      'a cap on a provider that is not there',
      { rules: { vendorShareAtMost: { asw: 0.6 } } },
      'vendorShareAtMost caps asw, of which there is no offering; did you mean aws?',
    ],
    [
      'nodes for nothing',
      { offerings: [aws, { ...gcp, usdPerHour: 0 }] },
      'gcp/us-east4/us-east4-a/n2-standard-2/spot costs nothing and has no atMost: everything may end up there',
    ],
    [
      'nodes without cpu',
      { offerings: [aws, { ...gcp, allocatable: { memory: '1Gi' } }] },
      'gcp/us-east4/us-east4-a/n2-standard-2/spot has no cpu, so that it carries nothing that asks for some',
    ],
  ])('%s', (_, change, remark) => expect(remarksOf({ ...SMALL, ...change })).toEqual([remark]));
});
