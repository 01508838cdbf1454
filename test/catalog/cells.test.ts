import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCells, encodeCells, toMicro } from '../../src/catalog/cells.ts';

const decoded = (text: string, weights: readonly number[], onDemand?: readonly number[]) => {
  const into = new Float64Array(weights.length).fill(Number.NaN);
  const band = new Uint8Array(weights.length).fill(255);
  const spot = onDemand && { onDemand: Float64Array.from(onDemand), band, bands: 5 };
  decodeCells({ text, line: 7, weights, first: 0, into, ...(spot && { spot }) }, () => undefined);
  return { figures: [...into], bands: [...band] };
};

describe('rows of figures', () => {
  it.each([
    ['a figure stands for itself', '0.192', [2], [0.192]],
    ['= grows with the weight', '0.096 = =', [2, 4, 8], [0.096, 0.192, 0.384]],
    ['= reaches over a gap', '0.096 - =', [2, 4, 8], [0.096, Number.NaN, 0.384]],
    ['what is missing at the end is none', '0.1', [1, 2], [0.1, Number.NaN]],
    ['a row may start with gaps', '- - 0.3', [1, 2, 3], [Number.NaN, Number.NaN, 0.3]],
  ])('%s', (_why, text, weights, figures) => {
    expect(decoded(text, weights).figures).toEqual(figures);
  });

  it('reads shares of on-demand and bands of interruption', () => {
    expect(decoded('42%/3 - 50% 0.1/0', [2, 4, 8, 16], [1, 1, 0.3, 1])).toEqual({
      figures: [0.42, Number.NaN, 0.15, 0.1],
      bands: [3, 255, 255, 0],
    });
  });

  it.each([
    ['= before any figure', '=', [1]],
    ['zero is no price', '0', [1]],
    ['nor is a negative figure', '-1', [1]],
    ['nor a word', 'NaN', [1]],
    ['nor infinity', '1e999', [1]],
    ['two blanks hide an empty cell', '0.1  0.2', [1, 2, 3]],
    ['more cells than types', '0.1 0.2', [1]],
    ['a share where none has a place', '42%', [1]],
    ['a band where none has a place', '0.1/3', [1]],
  ])('refuses %s', (_why, text, weights) => {
    expect(() => decoded(text, weights)).toThrow();
  });

  it.each([
    ['a band beyond the last', '50%/5'],
    ['a band that is no number', '50%/x'],
    ['an empty band', '50%/'],
    ['a share of an on-demand price that is not there', '- 50%/1'],
  ])('refuses %s in a spot row', (_why, text) => {
    expect(() => decoded(text, [1, 2], [1, Number.NaN])).toThrow();
  });

  it('reads back what it wrote, whatever the figures', () => {
    const price = fc
      .double({ min: 1e-6, max: 500, noNaN: true })
      .map(toMicro)
      .filter((n) => n > 0);
    const figure = fc.oneof(price, fc.constant(Number.NaN));
    const weighted = fc.array(fc.tuple(figure, fc.integer({ min: 1, max: 448 })), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(weighted, (pairs) => {
        const figures = pairs.map(([f]) => f);
        const weights = pairs.map(([, w]) => w);
        fc.pre(figures.some((f) => !Number.isNaN(f)));
        expect(decoded(encodeCells(figures, weights), weights).figures).toEqual(figures);
      }),
    );
  });

  it('does not write a figure that could not be read', () => {
    for (const wrong of [0, -1, Infinity]) expect(() => encodeCells([wrong], [1])).toThrow(/finite and > 0/);
  });
});
