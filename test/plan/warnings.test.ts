import { describe, expect, it } from 'vitest';
import { warningsFor, type Doubts } from '../../src/plan/warnings.ts';
import { demandOf, offeringOf, poolOf, serviceOf, worldOf } from './world.ts';

const gateway = serviceOf('gateway');
const world = worldOf({ offerings: [], services: [gateway], demand: [demandOf(gateway, 4)], nodes: [] });
const doubts = (more: Partial<Doubts>): Doubts => ({
  observation: { signals: [] },
  forecasts: [],
  demand: [],
  placement: world.placement,
  unpriced: [],
  waiting: [],
  uncovered: {},
  ...more,
});
const noted = (signal: string, ...notes: string[]) => ({ signal, market: 'eu', notes });
const [signal] = world.observation.signals;
const faulty = (name: string, first = 'line 17') => {
  if (!signal) throw new Error('the world has no signal');
  return { ...signal, name, faults: [{ kind: 'negative' as const, count: 3, first }] };
};

describe('warnings', () => {
  const rows: readonly (readonly [why: string, doubts: Partial<Doubts>, lines: readonly string[]])[] = [
    ['nothing doubtful, nothing said', {}, []],
    [
      'what the clusters say against the fleet file, as it was put',
      { observation: { signals: [], contradictions: ['no cluster runs im/Deployment/a\u202e'] } },
      ['no cluster runs im/Deployment/a\\u202e'],
    ],
    [
      'a listing that is doubted, and pools of mixed types told together',
      {
        observation: {
          signals: [],
          doubts: [{ provider: 'gcp', reason: 'its listing is 7 min old\u202e' }],
          passedOver: [
            { name: 'a', place: 'aws/us-east-1', reason: 'it has several types' },
            { name: 'b', place: 'aws/us-east-1', reason: 'it has several types' },
          ],
        },
      },
      [
        'gcp: its listing is 7 min old\\u202e; none of its pools shrinks',
        'a (aws/us-east-1) and b (aws/us-east-1) left alone, in no plan and in no total: it has several types',
      ],
    ],
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
      'a note of one forecast as it stands, and none that changes nothing',
      {
        forecasts: [noted('messages', '1 spike over 10 times the 90th percentile, cut', 'only the daily one is used')],
      },
      ['forecast of messages/eu: 1 spike over 10 times the 90th percentile, cut'],
    ],
    [
      'one line a kind over many forecasts, the gravest first',
      {
        forecasts: [
          noted('a', '1,002 spikes over 10 times', 'nothing seen since 2026-03-02T16:00:00Z, 2 steps before'),
          noted('b', '3 spikes over 10 times', '1.2 days of history: too short for a daily pattern, the last'),
          noted(
            'c',
            'nothing seen since 2026-03-02T09:00:00Z, 9 steps before',
            '0.5 days: too short for a daily pattern',
          ),
        ],
      },
      [
        'forecasts of a/eu and c/eu: nothing seen in the last steps before the decision, the longest since 2026-03-02T09:00:00Z',
        'forecasts of b/eu and c/eu: history too short for a daily pattern, the last value is carried on',
        'forecasts of a/eu and b/eu: 1,005 spikes cut and left out of the pattern',
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
