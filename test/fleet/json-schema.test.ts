import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fleetJsonSchema, type JsonSchema } from '../../src/fleet/json-schema.ts';
import { FULL } from './full.ts';
import { edited, SMALL } from './small.ts';
import { FIELDS } from './wrong-fields.ts';

const schema = fleetJsonSchema();
const validate = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false, allErrors: true })
  .addVocabulary(['patternErrorMessage'])
  .compile(schema);
const accepts = (text: string): boolean => validate(parse(text));

test.each([
  ['the small fleet', SMALL],
  ['the fleet with every field', FULL],
  ['the example', readFileSync(new URL('../../examples/im-fleet/fleet.yaml', import.meta.url), 'utf8')],
])('%s is valid', (_name, text) => {
  accepts(text);
  expect(validate.errors ?? []).toEqual([]);
});

/** What only the reader can tell, because a JSON Schema knows no calendar, no table of zones and no units. */
const BEYOND_A_SCHEMA = new Set([
  'too short a duration',
  'too long a duration',
  'memory without unit',
  'petabytes',
  'a day that does not exist',
  'a leap day in no leap year',
  'a month that does not exist',
  'a year from another age',
  'a misspelt time zone',
  'an offset is no time zone',
  'a password in a URL is not repeated',
  'millicores without their m',
  'bytes meant as GiB',
  'a share over the whole',
]);

describe('a field that is wrong is shown by an editor too', () => {
  test.each(FIELDS)('%s', (why, from, to) => {
    expect(accepts(edited(from, to))).toBe(BEYOND_A_SCHEMA.has(why));
  });
});

test('it names itself and its draft, for editors', () => {
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:godwit:fleet:1',
    title: 'Godwit fleet file',
  });
});

test('every field says what it means, and every plain value gives an example or its choices', () => {
  const silent: string[] = [];
  const visit = (field: JsonSchema, path: string): void => {
    const plain = field.properties === undefined && field.items === undefined && field.oneOf === undefined;
    const named = typeof field.additionalProperties === 'object';
    if (field.description === undefined) silent.push(`${path}: no description`);
    if (plain && !named && !field.examples && !field.enum && field.const === undefined && field.type !== 'boolean') {
      silent.push(`${path}: no example`);
    }
    for (const [key, inner] of Object.entries(field.properties ?? {})) visit(inner, `${path}.${key}`);
    if (typeof field.additionalProperties === 'object') visit(field.additionalProperties, `${path}.*`);
    for (const [i, option] of (field.items?.oneOf ?? []).entries()) {
      if (option.properties !== undefined) visit(option, `${path}[${i}]`);
    }
    if (field.items?.properties !== undefined) visit(field.items, `${path}[]`);
  };
  visit(schema, 'fleet');
  expect(silent).toEqual([]);
});
