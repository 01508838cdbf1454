import { EXIT } from '../trouble.ts';
import type { Declare } from './io.ts';

/** `godwit schema`: the fleet file's JSON Schema, for editors and other programs. */
export const declareSchema: Declare = (program, io, finish) => {
  program
    .command('schema')
    .description("print the fleet file's JSON Schema (draft 2020-12), for editors: godwit schema > fleet.schema.json")
    .action(async () => {
      const { schemaText } = await import('../fleet/starter.ts');
      io.out(schemaText());
      finish(EXIT.ok);
    });
};
