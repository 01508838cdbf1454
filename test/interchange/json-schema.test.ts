import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../src/interchange/answer-json.ts';
import { answerJsonSchema, problemJsonSchema } from '../../src/interchange/json-schema.ts';
import { readProblem } from '../../src/interchange/read-problem.ts';
import { SMALL, textOf } from './small.ts';

const ANSWER = {
  schemaVersion: 1,
  status: 'placed',
  method: 'columns',
  usdPerHour: 1,
  lowerBoundUsdPerHour: 1,
  gap: 0,
  nodes: [{ offering: 'a', count: 1, replicas: { g: 1 } }],
  unplaced: {},
  conflict: [],
  certificate: { groupPrices: { g: 1 }, availabilityPrices: {}, rulePrices: {} },
  seconds: 0.1,
};

const KINDS = {
  problem: { good: SMALL, schema: problemJsonSchema(), read: readProblem },
  answer: { good: ANSWER, schema: answerJsonSchema(), read: readAnswer },
} as const;

const ODD = [null, true, -1, 0, 0.5, 2, 1e9 + 1, '', '1Gi', '-1', 'x', [], ['x'], {}, { x: 1 }, undefined];

/** Every place of a document, as the keys that lead there. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function put(value: unknown, [key, ...rest]: readonly string[], odd: unknown): unknown {
  if (key === undefined) return odd;
  if (Array.isArray(value))
    return value.map((inner: unknown, i) => (String(i) === key ? put(inner, rest, odd) : inner));
  const fields = value as Readonly<Record<string, unknown>>;
  return { ...fields, [key]: put(fields[key], rest, odd) };
}

describe.each(Object.entries(KINDS))('the JSON Schema of a %s', (_, { good, schema, read }) => {
  const validate = new Ajv2020({ allErrors: false }).compile(schema);

  it('takes a good one', () => expect([validate(good), validate.errors]).toEqual([true, null]));

  it('refuses what the reader refuses and takes what it takes, whatever stands where', () => {
    const places = placesOf(good);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...ODD), fc.boolean(), (place, odd, extra) => {
        const changed = put(good, extra ? [...place, 'surplus'] : place, odd);
        if (changed === undefined || (extra && typeof at(good, place) !== 'object')) return;
        const text = textOf(changed as object);
        const answer = read('f.json', text);
        const misfit =
          !answer.ok && answer.troubles.every((t) => /^there is no such|has the same name$/.test(t.problem));
        expect([place, odd, answer.ok || misfit]).toEqual([place, odd, validate(JSON.parse(text))]);
      }),
      { numRuns: 3000, seed: 7 },
    );
  });
});

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((here, key) => (here as Readonly<Record<string, unknown>>)[key], value);
