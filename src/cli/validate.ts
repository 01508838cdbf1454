import { Option } from 'commander';
import type { FleetSummary } from '../fleet/summary.ts';
import { EXIT, type ExitCode } from '../trouble.ts';
import { refuse, type Declare, type Io } from './io.ts';

/** `godwit validate [fleet.yaml]`: whether the fleet file is right, and what was understood of it. */
export const declareValidate: Declare = (program, io, finish) => {
  program
    .command('validate')
    .argument('[file]', 'fleet file', 'fleet.yaml')
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .description('check a fleet file and say what was understood; one line for each trouble')
    .action(async (file: string, { output }: { output: string }) => finish(await validate(io, file, output)));
};

async function validate(io: Io, file: string, output: string): Promise<ExitCode> {
  const [{ readFleetFile }, { summaryOf }] = await Promise.all([
    import('../world/read-fleet.ts'),
    import('../fleet/summary.ts'),
  ]);
  const fleet = await readFleetFile(file);
  if (output === 'json') {
    const answer = fleet.ok ? { valid: true, ...summaryOf(fleet.value) } : { valid: false, troubles: fleet.troubles };
    io.out(`${JSON.stringify({ schemaVersion: 1, file, ...answer }, null, 2)}\n`);
    return fleet.ok ? EXIT.ok : EXIT.usage;
  }
  if (!fleet.ok) return refuse(io, fleet.troubles);
  io.out(summaryText(file, summaryOf(fleet.value)));
  return EXIT.ok;
}

function summaryText(file: string, summary: FleetSummary): string {
  const { places, pools, nodes, templates, markets, signals, services, groups } = summary;
  const zones = places.reduce((sum, place) => sum + place.zones, 0);
  const rows: readonly (readonly [string, string])[] = [
    ['places', `${counted(places.length, 'region')} with ${counted(zones, 'zone')}`],
    ...byProvider(summary),
    ['markets', markets.join(', ')],
    ['signals', signals.map(({ name, unit }) => `${name} (${unit})`).join(', ')],
    ['services', services.map((service) => serviceText(service, markets)).join(', ')],
    ['groups', `${groups}: each service in each of its markets`],
    ['traffic', counted(summary.flows, 'flow')],
    ['pools', `${counted(pools, 'pool')} with ${counted(nodes, 'node')}`],
    ['templates', templates.length === 0 ? 'none: no pool is ever opened' : templates.join(', ')],
    ['contracts', `${counted(summary.commitments, 'commitment')}, ${counted(summary.discounts, 'discount')}`],
  ];
  const wide = Math.max(...rows.map(([name]) => name.length));
  return `${file}: ${summary.fleet} is valid\n${rows.map(([name, text]) => `  ${name.padEnd(wide)}  ${text}\n`).join('')}`;
}

function byProvider({ places }: FleetSummary): readonly (readonly [string, string])[] {
  const regions = new Map<string, string[]>();
  for (const { place } of places) {
    const cut = place.indexOf('/');
    const provider = place.slice(0, cut);
    regions.set(provider, [...(regions.get(provider) ?? []), place.slice(cut + 1)]);
  }
  return [...regions].map(([provider, names]) => [`  ${provider}`, names.join(', ')]);
}

const serviceText = ({ name, markets }: FleetSummary['services'][number], all: readonly string[]): string =>
  markets.length === all.length ? name : `${name} (${markets.join(', ')} only)`;

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
