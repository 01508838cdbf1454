import { Option } from 'commander';
import { EXIT } from '../trouble.ts';
import type { Declare } from './io.ts';

const FILES = ['fleet', 'problem', 'answer'] as const;
type File = (typeof FILES)[number];

/** `godwit schema`: the JSON Schemas of the files that godwit reads and writes, for editors and other programs. */
export const declareSchema: Declare = (program, io, finish) => {
  program
    .command('schema')
    .addOption(
      new Option('--of <file>', 'the fleet file, or what godwit place reads and answers')
        .choices(FILES)
        .default('fleet'),
    )
    .description("print the fleet file's JSON Schema (draft 2020-12), for editors: godwit schema > fleet.schema.json")
    .action(async (given: { of: File }) => {
      io.out(await schemaOf(given.of));
      finish(EXIT.ok);
    });
};

async function schemaOf(file: File): Promise<string> {
  if (file === 'fleet') return (await import('../fleet/starter.ts')).schemaText();
  const { problemJsonSchema, answerJsonSchema } = await import('../interchange/json-schema.ts');
  return `${JSON.stringify(file === 'problem' ? problemJsonSchema() : answerJsonSchema(), null, 2)}\n`;
}
