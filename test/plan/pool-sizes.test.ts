import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolName } from '../../src/plan/name.ts';
import { poolSizes } from '../../src/plan/pool-sizes.ts';
import { offeringOf, poolOf } from './world.ts';

const offering = offeringOf({ type: 'm7i.xlarge', usd: 0.2 });
const template = { name: 'general', provider: 'aws', types: ['*'], purchase: ['on-demand'], max: 10 } as const;
type Pool = readonly [name: string, nodes: number, min: number, max: number];
const poolsOf = (pools: readonly Pool[]) => pools.map(([name, n, min, max]) => poolOf(name, offering, n, { min, max }));

const rows: readonly (readonly [why: string, wanted: number, pools: readonly Pool[], goals: Record<string, number>])[] =
  [
    [
      'what runs stays where it is',
      7,
      [
        ['a', 3, 0, 9],
        ['b', 4, 0, 9],
      ],
      { a: 3, b: 4 },
    ],
    [
      'growth goes to the most room',
      9,
      [
        ['a', 3, 0, 9],
        ['b', 4, 0, 6],
      ],
      { a: 5, b: 4 },
    ],
    [
      'room that is equal goes by name',
      9,
      [
        ['b', 4, 0, 9],
        ['a', 4, 0, 9],
      ],
      { a: 5, b: 4 },
    ],
    [
      'a full pool overflows into the next',
      14,
      [
        ['a', 3, 0, 9],
        ['b', 4, 0, 6],
      ],
      { a: 9, b: 5 },
    ],
    [
      'shrinking takes from the most spare',
      4,
      [
        ['a', 3, 1, 9],
        ['b', 4, 0, 6],
      ],
      { a: 3, b: 1 },
    ],
    [
      'a minimum is kept',
      1,
      [
        ['a', 3, 1, 9],
        ['b', 4, 0, 6],
      ],
      { a: 1, b: 0 },
    ],
    ['even when the placement wants less', 0, [['a', 3, 2, 9]], { a: 2 }],
    [
      'a pool under its minimum is brought up first',
      5,
      [
        ['a', 5, 0, 9],
        ['b', 0, 3, 9],
      ],
      { a: 2, b: 3 },
    ],
    ['a pool over its maximum is left', 12, [['a', 12, 0, 9]], { a: 12 }],
    [
      'full pools overflow into new ones',
      25,
      [['a', 3, 0, 9]],
      { a: 9, 'general-us-east-1a-m7i-xlarge-on-demand': 10, 'general-us-east-1a-m7i-xlarge-on-demand-2': 6 },
    ],
  ];

describe('nodes of an offering among its pools', () => {
  it.each(rows)('%s', (_, wanted, pools, goals) => {
    const taken = new Set(pools.map(([name]) => name));
    const sizes = poolSizes(offering, wanted, poolsOf(pools), [template], taken);
    expect(Object.fromEntries(sizes.map((s) => [s.pool, s.goal]))).toEqual(goals);
  });

  it('says which offering was asked for beyond reach', () => {
    expect(() => poolSizes(offering, 12, poolsOf([['a', 3, 0, 9]]), [], new Set())).toThrow(
      'wants 3 more nodes of aws/us-east-1/us-east-1a/m7i.xlarge/on-demand',
    );
  });

  it('adds up to what is wanted, within every limit, whatever the order of the pools', () => {
    const pool = fc.tuple(fc.nat(20), fc.nat(5), fc.integer({ min: 5, max: 30 }));
    fc.assert(
      fc.property(fc.array(pool, { maxLength: 5 }), fc.nat(80), (specs, wanted) => {
        const pools = poolsOf(
          specs.map(([n, min, room], i): Pool => [`p${i}`, Math.max(n, min), min, Math.max(n, min) + room]),
        );
        const sizes = poolSizes(offering, wanted, pools, [template], new Set());
        const least = pools.reduce((sum, p) => sum + p.min, 0);
        expect(sizes.reduce((sum, s) => sum + s.goal, 0)).toBe(Math.max(wanted, least));
        for (const s of sizes) expect(s.goal >= s.min && s.goal <= s.max).toBe(true);
        expect(poolSizes(offering, wanted, pools.toReversed(), [template], new Set())).toEqual(sizes);
      }),
    );
  });
});

describe('names of new pools', () => {
  const rowsOfNames: readonly (readonly [
    why: string,
    template: string,
    spec: Parameters<typeof offeringOf>[0],
    name: string,
  ])[] = [
    [
      'template, zone, type, purchase',
      'general',
      { type: 'm7i.xlarge', usd: 1 },
      'general-us-east-1a-m7i-xlarge-on-demand',
    ],
    [
      'a zone that does not tell its region gets it put before',
      'az',
      { type: 'Standard_D4s_v5', usd: 1, place: 'azure/westeurope', zone: '1', purchase: 'spot' },
      'az-westeurope-1-standard-d4s-v5-spot',
    ],
    ['nothing that a label may not hold', '<b>=cmd()', { type: 'x', usd: 1 }, 'b-cmd-us-east-1a-x-on-demand'],
  ];
  it.each(rowsOfNames)('%s', (_, name, spec, expected) => {
    expect(poolName(name, offeringOf(spec), new Set())).toBe(expected);
  });

  it('are labels that Kubernetes takes, and never the same twice', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.string({ minLength: 1, maxLength: 40 }), (name, type) => {
        const taken = new Set<string>();
        for (let i = 0; i < 12; i++) {
          const next = poolName(name, offeringOf({ type, usd: 1 }), taken);
          expect(next).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
          expect(taken.has(next)).toBe(false);
          taken.add(next);
        }
      }),
    );
  });

  it('differ when only their cut-off ends differ', () => {
    const long = (end: string) => poolName('t'.repeat(70), offeringOf({ type: `m7i.${end}`, usd: 1 }), new Set());
    expect(long('xlarge')).not.toBe(long('2xlarge'));
  });
});
