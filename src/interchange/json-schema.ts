import type { JsonSchema } from '../fleet/json-schema.ts';
import { answerFile } from './answer-file.ts';
import { problemFile } from './problem-file.ts';

/** The JSON Schemas (draft 2020-12) of the files that `godwit place` reads and writes. */
export const problemJsonSchema = (): JsonSchema => titled('problem', 'Godwit placement problem', problemFile.schema);
export const answerJsonSchema = (): JsonSchema => titled('answer', 'Godwit placement answer', answerFile.schema);

const titled = (name: string, title: string, schema: JsonSchema): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:godwit:${name}:1`,
  title,
  ...schema,
});
