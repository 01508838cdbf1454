import { EXIT, type ExitCode } from '../trouble.ts';
import { refuse, type Declare, type Io } from './io.ts';

/** `godwit believe <cloud>/<region> [fleet.yaml]`: a person's word that what ran there is gone for good. */
export const declareBelieve: Declare = (program, io, finish) => {
  program
    .command('believe')
    .argument('<place>', 'cloud and region, like aws/us-east-1')
    .argument('[file]', 'fleet file', 'fleet.yaml')
    .description('say that pools which a live cloud lists no more are gone for good, and that it is no outage')
    .addHelpText('after', MORE)
    .action(async (place: string, file: string) => finish(await believe(io, place, file)));
};

const MORE = `
A cloud that lists nothing where nodes ran is taken for out of order, and nothing of it shrinks for as long as that
lasts. Only a person knows that the pools were taken down on purpose. What is seen after the word counts as ever.

Exit codes: 0 said · 64 the command line or the fleet file is wrong`;

async function believe(io: Io, place: string, file: string): Promise<ExitCode> {
  const { believePlace } = await import('../wire/believe.ts');
  const said = await believePlace(file, place);
  if (!said.ok) return refuse(io, said.troubles);
  io.err(`godwit: what was seen in ${place} until now no longer counts: the next listing is believed\n`);
  return EXIT.ok;
}
