import { EGRESS_HEADER } from '../../src/catalog/egress-facts.ts';
import { azureArea, gcpArea, type Area } from './areas.ts';
import { cell, figure, readCsv, type Row } from './csv.ts';

/** Numbered from 1 in the order of this list. */
const SOURCES = [
  ['-', 'listed', 'AWS EC2 data transfer, public tables'],
  ['2026-09-20', 'listed', 'cloud.google.com/vpc/network-pricing'],
  ['-', 'listed', 'Google Cloud internet egress, Premium Tier, public tables'],
  ['-', 'unverified', 'Azure bandwidth, common published figures'],
  ['2026-09-20', 'unverified', 'Google Cloud between regions, common published figures'],
  ['-', 'unverified', 'Google Cloud internet egress, a table whose tiers rose with volume'],
  ['-', 'unverified', 'Azure bandwidth for South America, Asia, Middle East and Africa, public guides of 2026'],
  ['-', 'listed', 'Azure pages of 2023 to 2026: traffic between zones is free'],
] as const;
const [AWS, GCP_ZONES, GCP_INTERNET, AZURE, GCP_ROUTES, GCP_RISING, AZURE_GUIDES, AZURE_ZONES] = [
  1, 2, 3, 4, 5, 6, 7, 8,
];

export interface EgressBuilt {
  readonly text: string;
  /** what was changed on the way, for the report */
  readonly notes: readonly string[];
}

/** The traffic prices of the three clouds as text of `egress.tsv`. Free allowances belong to an account, not to a place. */
export function buildEgress(
  folder: string,
  regions: Readonly<Record<'azure' | 'gcp', readonly string[]>>,
): EgressBuilt {
  const notes: string[] = [];
  const tiers = readCsv(folder, 'network/egress_tiers.csv');
  const extra = readCsv(folder, 'network/egress_supplement_unverified.csv');
  const records = [
    ...SOURCES.map((source) => ['source', ...source]),
    ...areaRecords('azure', regions.azure, azureArea),
    ...areaRecords('gcp', regions.gcp, gcpArea),
    ...awsRecords(tiers, readCsv(folder, 'network/aws_inter_region_matrix.csv')),
    ...azureRecords(extra),
    ...gcpRecords(tiers, extra, notes),
  ];
  const lines = [EGRESS_HEADER, ...records, ['end', String(records.length)]];
  return { text: `${lines.map((fields) => fields.join('\t')).join('\n')}\n`, notes };
}

function areaRecords(provider: string, regions: readonly string[], areaOf: (region: string) => Area): string[][] {
  const areas = new Map<Area, string[]>();
  for (const region of regions)
    areas.set(areaOf(region), [...(areas.get(areaOf(region)) ?? []), `${provider}/${region}`]);
  return [...areas]
    .toSorted(byKey)
    .map(([area, places]) => ['area', `${provider}/@${area}`, places.toSorted().join(' ')]);
}

/**
 * AWS charges by source region, the same to nearly every other region: `*` and the exceptions. The matrix goes first,
 * the tier table fills in the regions that it does not have.
 */
function awsRecords(tiers: readonly Row[], matrix: readonly Row[]): string[][] {
  const aws = tiers.filter((row) => cell(row, 'provider') === 'aws' && !cell(row, 'from_region').includes('-lax-'));
  const internet = internetOf(aws.filter((row) => cell(row, 'kind') === 'internet'));
  const routes = new Map<string, Map<string, number>>();
  for (const row of matrix) {
    const [from, to, cost] = [cell(row, 'src'), cell(row, 'dst'), figure(row, 'cost')];
    if (to !== 'internet') routes.set(from, (routes.get(from) ?? new Map()).set(to, cost));
    else if (!internet.has(from)) internet.set(from, [[0, cost]]);
  }
  for (const row of aws.filter((r) => cell(r, 'kind') === 'inter-region')) {
    const from = cell(row, 'from_region');
    if (!routes.has(from)) routes.set(from, new Map([['*', figure(row, 'usd_per_gb')]]));
  }
  return [
    ...internetRecords('aws', internet, () => AWS),
    // 0.01 USD/GB for the sender and 0.01 for the receiver
    ['zones', 'aws/*', String(AWS), '0.02'],
    ...[...routes].toSorted(byKey).flatMap(([from, to]) => awsRoutes(from, to)),
  ];
}

function awsRoutes(from: string, to: ReadonlyMap<string, number>): string[][] {
  const counts = new Map<number, number>();
  for (const cost of to.values()) counts.set(cost, (counts.get(cost) ?? 0) + 1);
  const usual = [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? Number.NaN;
  const odd = [...to].filter(([, cost]) => cost !== usual).toSorted(byKey);
  return [
    ['route', `aws/${from}`, 'aws/*', String(AWS), String(usual)],
    ...odd.map(([region, cost]) => ['route', `aws/${from}`, `aws/${region}`, String(AWS), String(cost)]),
  ];
}

function azureRecords(extra: readonly Row[]): string[][] {
  const rows = extra.filter((row) => cell(row, 'provider') === 'azure');
  const paid = rows.filter((row) => cell(row, 'kind') === 'internet' && figure(row, 'usd_per_gb') > 0);
  const tiersFrom = (from: string): string =>
    paid
      .filter((row) => cell(row, 'from') === from)
      .map((row, i) => `${i === 0 ? 0 : cell(row, 'tier_from_gb')}:${cell(row, 'usd_per_gb')}`)
      .join(' ');
  const price = (kind: string): string => {
    const row = rows.find((r) => cell(r, 'kind') === kind);
    if (!row) throw new Error(`no Azure price for ${kind}`);
    return cell(row, 'usd_per_gb');
  };
  const [listed, guides] = [String(AZURE), String(AZURE_GUIDES)];
  const within = price('inter-region same continent');
  const across = price('inter-continent');
  return [
    ['internet', 'azure/@na', listed, tiersFrom('NA/EU zone1')],
    ['internet', 'azure/@eu', listed, tiersFrom('NA/EU zone1')],
    ['internet', 'azure/@asia', listed, tiersFrom('Asia zone2')],
    ['internet', 'azure/@oceania', guides, '0:0.12'],
    ['internet', 'azure/@mea', guides, '0:0.12'],
    ['internet', 'azure/@sa', guides, '0:0.181'],
    ['zones', 'azure/*', String(AZURE_ZONES), price('inter-zone')],
    ['route', 'azure/@na', 'azure/@na', listed, within],
    ['route', 'azure/@eu', 'azure/@eu', listed, within],
    ['route', 'azure/@na', 'azure/*', listed, across],
    ['route', 'azure/@eu', 'azure/*', listed, across],
    ['route', 'azure/@asia', 'azure/*', guides, '0.08'],
    ['route', 'azure/@oceania', 'azure/*', guides, '0.08'],
    ['route', 'azure/@mea', 'azure/*', guides, '0.08'],
    ['route', 'azure/@sa', 'azure/*', guides, '0.16'],
  ];
}

function gcpRecords(tiers: readonly Row[], extra: readonly Row[], notes: string[]): string[][] {
  const kind = 'internet premium -> cost';
  const found = internetOf(tiers.filter((row) => cell(row, 'provider') === 'gcp' && cell(row, 'kind') === kind));
  const rising = new Set<string>();
  for (const [region, all] of found) {
    if (all.every(([, usd], i) => usd <= (all[i - 1]?.[1] ?? Infinity))) continue;
    rising.add(region);
    notes.push(
      `gcp/${region}: internet tiers ${all.map((t) => t.join(':')).join(' ')} rise; each raised to the dearest after it`,
    );
    found.set(
      region,
      all.map(([from], i): Tier => [from, Math.max(...all.slice(i).map(([, usd]) => usd))]),
    );
  }
  const zone = extra.find((row) => cell(row, 'provider') === 'gcp' && cell(row, 'kind') === 'inter-zone');
  if (!zone) throw new Error('no Google price between zones');
  return [
    ...internetRecords('gcp', found, (region) => (rising.has(region) ? GCP_RISING : GCP_INTERNET)),
    ['zones', 'gcp/*', String(GCP_ZONES), cell(zone, 'usd_per_gb')],
    ...gcpRoutes(extra),
  ];
}

/** Between areas both ways: Google's list names a pair once. */
function gcpRoutes(extra: readonly Row[]): string[][] {
  const records = new Map<string, string[]>();
  for (const row of extra) {
    if (cell(row, 'provider') !== 'gcp' || cell(row, 'kind') !== 'inter-region') continue;
    const [froms, tos] = [cell(row, 'from'), cell(row, 'to')].map((text) => text.toLowerCase().split('/'));
    for (const [a, b] of (froms ?? []).flatMap((f) => (tos ?? []).flatMap((t) => [[f, t] as const, [t, f] as const]))) {
      const [from, to] = [`gcp/@${a}`, `gcp/@${b}`];
      records.set(`${from} ${to}`, ['route', from, to, String(GCP_ROUTES), cell(row, 'usd_per_gb')]);
    }
  }
  return [...records].toSorted(byKey).map(([, record]) => record);
}

type Tier = readonly [fromGbPerMonth: number, usdPerGb: number];

function internetOf(rows: readonly Row[]): Map<string, readonly Tier[]> {
  const internet = new Map<string, readonly Tier[]>();
  for (const row of rows) {
    const region = cell(row, 'from_region');
    const tier: Tier = [figure(row, 'tier_from_gib'), figure(row, 'usd_per_gb')];
    internet.set(
      region,
      [...(internet.get(region) ?? []), tier].toSorted((a, b) => a[0] - b[0]),
    );
  }
  return internet;
}

const internetRecords = (
  provider: string,
  internet: ReadonlyMap<string, readonly Tier[]>,
  source: (region: string) => number | undefined,
): string[][] =>
  [...internet]
    .toSorted(byKey)
    .map(([region, all]) => [
      'internet',
      `${provider}/${region}`,
      String(source(region)),
      all.map(([from, usd]) => `${from}:${usd}`).join(' '),
    ]);

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
