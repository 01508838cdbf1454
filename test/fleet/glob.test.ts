import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { globMatch } from '../../src/fleet/glob.ts';

test.each([
  ['m7i.*', 'm7i.large', true, 'a star takes the rest'],
  ['m7i.*', 'm7i.', true, 'a star may take nothing'],
  ['m7i.*', 'm7ixlarge', false, 'a dot is a dot, not any character'],
  ['m7i.*', 'M7i.large', false, 'case counts'],
  ['aws/eu-*', 'aws/eu-central-1', true, 'residency by continent'],
  ['aws/eu-*', 'gcp/aws/eu-west1', false, 'a pattern starts where the text starts'],
  ['*-a', 'europe-west4-a', true, 'a star at the front'],
  ['*', '', true, 'a lone star takes everything'],
  ['', '', true, 'nothing matches nothing'],
  ['', 'a', false, 'nothing matches only nothing'],
  ['a*a', 'a', false, 'the two ends do not share a character'],
  ['a*b*c', 'aXbYc', true, 'several stars'],
  ['a*b*c', 'aXcYb', false, 'pieces stand in order'],
  ['*ab*ab', 'abab', true, 'a piece may not eat into the last one'],
  ['*ab*ab', 'ab', false, 'a piece may not share with the last one'],
  ['a**b', 'ab', true, 'two stars are one'],
  ['[a-z]+', 'a', false, 'no other character is special'],
  ['a?c', 'abc', false, 'a question mark is itself'],
])('%s on %s is %s: %s', (pattern, text, matches) => {
  expect(globMatch(pattern, text)).toBe(matches);
});

test('agrees with the regular expression of the same meaning', () => {
  const small = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
  fc.assert(
    fc.property(small, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (pattern, text) => {
      const regex = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
      expect(globMatch(pattern, text)).toBe(regex.test(text));
    }),
    { numRuns: 2000 },
  );
});

test('a pattern made to backtrack is answered', () => {
  expect(globMatch(`${'a*'.repeat(2000)}b`, 'a'.repeat(20_000))).toBe(false);
});
