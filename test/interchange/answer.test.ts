import { describe, expect, it } from 'vitest';
import { answerJson, readAnswer } from '../../src/interchange/answer-json.ts';
import type { AnswerFile } from '../../src/interchange/answer-file.ts';
import type { Placement } from '../../src/placement/placement.ts';
import { lineOf } from '../../src/trouble.ts';
import { textOf } from './small.ts';

const PLACEMENT: Placement = {
  status: 'partial',
  method: 'columns',
  cost: { list: 1.5, contracts: 0, committed: 0, egress: 0, change: 0.2 },
  usdPerHour: 1.5,
  lowerBoundUsdPerHour: 1.2,
  gap: 0.25,
  nodes: [{ offering: 'aws/a', count: 3, replicas: { 'gateway/sea': 3 } }],
  unplaced: { inference: 2 },
  conflict: ['inference fits on none'],
  certificate: { groupPrices: { 'gateway/sea': 0.1 }, availabilityPrices: {}, rulePrices: { 'spotAtMost/x': 0.1 } },
  duals: new Map([['group/gateway/sea', 0.1]]),
};

const ANSWER: AnswerFile = {
  schemaVersion: 1,
  status: 'partial',
  method: 'columns',
  usdPerHour: 1.5,
  lowerBoundUsdPerHour: 1.2,
  gap: 0.25,
  nodes: [{ offering: 'aws/a', count: 3, replicas: { 'gateway/sea': 3 } }],
  unplaced: { inference: 2 },
  conflict: ['inference fits on none'],
  certificate: { groupPrices: { 'gateway/sea': 0.1 }, availabilityPrices: {}, rulePrices: { 'spotAtMost/x': 0.1 } },
  seconds: 1.234,
};

describe('an answer', () => {
  it('is written field by field as the format has it, and nothing beside', () => {
    expect(answerJson(PLACEMENT, 1.23449)).toStrictEqual(ANSWER);
  });

  it('has no gap where the bound is nothing and the cost is not: JSON knows no infinity', () => {
    const unproved = answerJson({ ...PLACEMENT, lowerBoundUsdPerHour: 0, gap: Infinity }, 0);
    expect(JSON.parse(JSON.stringify(unproved))).toEqual(unproved);
    expect(unproved.gap).toBeNull();
  });

  it('is read back as it was written', () => {
    const written = answerJson(PLACEMENT, 1.2);
    expect(readAnswer('a.json', textOf(written))).toEqual({ ok: true, value: written });
  });

  it.each([
    [
      'an unknown status',
      { status: 'done' },
      'a.json:3:13: status is "done": it is none of those known; write one of placed, partial, infeasible',
    ],
    [
      'a gap in words',
      { gap: 'small' },
      'a.json:7:10: gap is "small": it is a text, not a number; write usdPerHour / lowerBound − 1',
    ],
    [
      'prices that are none',
      { certificate: { groupPrices: { a: '1' }, availabilityPrices: {}, rulePrices: {} } },
      'a.json:25:12: certificate.groupPrices.a is "1": it is a text, not a number; write a number of USD an hour, without quotes, like 0.0123',
    ],
    [
      'a field of its own',
      { note: 'x' },
      'a.json:33:3: note: no such field; fields here are schemaVersion, status, method, usdPerHour, lowerBoundUsdPerHour, gap, nodes, unplaced, conflict, certificate, seconds',
    ],
  ])('%s is told with its line', (_, change, line) => {
    const read = readAnswer('a.json', textOf({ ...ANSWER, ...change }));
    expect(read.ok ? [] : read.troubles.map(lineOf)).toEqual([line]);
  });

  it('no answer at all is told field by field', () => {
    const read = readAnswer('a.json', '{}');
    expect(read.ok ? [] : read.troubles.map((t) => `${t.at} ${t.problem}`)).toContain('certificate missing');
  });
});
