import { describe, expect, it } from 'vitest';
import { warningsFor, type Doubts } from '../../src/plan/warnings.ts';
import { demandOf, offeringOf, poolOf, serviceOf, worldOf } from './world.ts';

const gateway = serviceOf('gateway');
const world = worldOf({ offerings: [], services: [gateway], demand: [demandOf(gateway, 4)], nodes: [] });
const doubts = (more: Partial<Doubts>): Doubts => ({
  observation: { signals: [] },
  demand: [],
  placement: world.placement,
  unpriced: [],
  waiting: [],
  uncovered: {},
  ...more,
});
const [signal] = world.observation.signals;
const faulty = (name: string, first = 'line 17') => {
  if (!signal) throw new Error('the world has no signal');
  return { ...signal, name, faults: [{ kind: 'negative' as const, count: 3, first }] };
};

describe('warnings', () => {
  const rows: readonly (readonly [why: string, doubts: Partial<Doubts>, lines: readonly string[]])[] = [
    ['nothing doubtful, nothing said', {}, []],
    [
      'one signal with its source',
      { observation: { signals: [faulty('messages')] } },
      ['signal messages/eu (csv traffic.csv): 3 values negative, first at line 17; not taken for a load'],
    ],
    [
      'signals that fail alike are told together',
      { observation: { signals: [faulty('messages'), faulty('pushes'), faulty('tokens', 'line 20')] } },
      [
        'signals messages/eu and pushes/eu: 3 values negative, first at line 17; not taken for a load',
        'signal tokens/eu (csv traffic.csv): 3 values negative, first at line 20; not taken for a load',
      ],
    ],
    [
      'a load beyond the most that a service may have',
      { demand: [demandOf(gateway, 4, { setBy: 'maximum', reason: 'its load asks for 9, it may have 4' })] },
      ['gateway/eu: its load asks for 9, it may have 4'],
    ],
    [
      'a type that hides a control character',
      { unpriced: [poolOf('odd', offeringOf({ type: 'x\u001b[31m', usd: 1 }), 1)] },
      [
        'pool odd runs 1 node of x\\u001b[31m (us-east-1a, on-demand), which the catalog does not price: ' +
          'it stays as it is, carries nothing in this plan and is in no total',
      ],
    ],
  ];
  it.each(rows)('%s', (_, more, lines) => {
    expect(warningsFor(doubts(more))).toEqual(lines);
  });
});
