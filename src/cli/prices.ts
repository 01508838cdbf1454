import type { Command } from 'commander';
import type { ProviderCatalog } from '../catalog/snapshot.ts';
import type { ExitCode, Trouble } from '../trouble.ts';
import { refuse, type Declare, type Io } from './io.ts';

/** `godwit prices list` and `godwit prices check`: what the price list that the package carries says, and how old it is. */
export const declarePrices: Declare = (program, io, finish) => {
  const prices = program
    .command('prices')
    .description('show the prices Godwit plans with, their sources and their age');
  scoped(prices.command('list'))
    .description('list prices, cheapest first')
    .option('--type <patterns>', "instance types, comma-separated, * allowed: 'm7i.*,m7g.*'")
    .option('--arch <names>', 'amd64 or arm64')
    .option('--gpu [patterns]', 'only types with a GPU, or with one of these: l4,a100*')
    .option('--purchase <kinds>', 'on-demand or spot')
    .option('--min-vcpu <n>', 'at least so many vCPUs')
    .option('--min-memory <quantity>', 'at least so much nominal memory: 16Gi')
    .option('--max-price <usd>', 'at most so many USD per hour')
    .option('--sort <by>', 'price, price-per-vcpu, price-per-gib or name', 'price')
    .option('--limit <n>', 'rows to print; 0 = all (default: 50 in a table, all in json and csv)')
    .action(async (given: Given) => {
      const { listPrices } = await import('./prices-list.ts');
      finish(await overLists(io, given, (catalogs) => listPrices(io, catalogs, given, Date.now())));
    });
  scoped(prices.command('check'))
    .description('sum up the price list: types, sources and ages per region; exits 4 when --max-age is exceeded')
    .option('--max-age <duration>', 'oldest price that is accepted: 400d')
    .action(async (given: Given) => {
      const { checkPrices } = await import('./prices-check.ts');
      finish(await overLists(io, given, (catalogs) => checkPrices(io, catalogs, given, Date.now())));
    });
};

/** Options as commander hands them over: text as typed, `true` for an option given without its value. */
export type Given = Readonly<Record<string, string | true | undefined>>;

const scoped = (command: Command): Command =>
  command
    .option('--provider <names>', 'aws, azure, gcp; comma-separated')
    .option('--region <patterns>', "regions, comma-separated, * allowed: 'eu-*'")
    .option('-o, --output <format>', 'table, json or csv', 'table')
    .showHelpAfterError();

/** Reads the price lists of the providers asked for, all of them when none is. */
async function overLists(
  io: Io,
  given: Given,
  act: (catalogs: readonly ProviderCatalog[]) => ExitCode,
): Promise<ExitCode> {
  const [{ CLOUDS, embeddedCatalog }, { oneOfEach }] = await Promise.all([
    import('../world/embedded.ts'),
    import('./price-options.ts'),
  ]);
  const providers = oneOfEach(given, 'provider', CLOUDS);
  if (!providers.ok) return refuse(io, providers.troubles);
  const lists = embeddedCatalog();
  const read = await Promise.all((providers.value ?? CLOUDS).map((provider) => lists.prices(provider)));
  const troubles: Trouble[] = read.flatMap((list) => (list.ok ? [] : list.troubles));
  if (troubles.length > 0) return refuse(io, troubles, 4);
  return act(read.flatMap((list) => (list.ok ? [list.value] : [])));
}
