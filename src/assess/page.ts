import { isoOf, usdPerMonth } from '../units.ts';
import type { Assessment, MixLine, Proposal, ResourceUse } from './report.ts';

/** A report as headings, paragraphs and tables; text and Markdown are two ways to write it. */
export interface Page {
  readonly headline: readonly string[];
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly lines?: readonly string[];
  readonly table?: Table;
}

export interface Table {
  readonly head: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

interface Column {
  readonly name: string;
  readonly align: 'left' | 'right';
}

export function pageOf(a: Assessment): Page {
  return {
    headline: headlineOf(a),
    sections: [
      ...nowSections(a),
      ...proposalSections('Same cloud', a.sameCloud),
      ...proposalSections('Across clouds', a.acrossClouds),
      ...eachSections(a),
      ...unpricedSections(a),
      ...staySections(a),
      ...leftOutSections(a),
      { title: 'What to know', lines: a.notes },
      {
        title: 'Prices',
        lines: a.prices.map((p) => `${CLOUD[p.provider]}: ${p.source}, ${p.basis}, read ${isoOf(p.asOf).slice(0, 10)}`),
      },
    ].filter((section) => section.table !== undefined || (section.lines?.length ?? 0) > 0),
  };
}

function headlineOf(a: Assessment): string[] {
  const { now, seen } = a;
  const lines: string[] = [];
  if (now.nodes > 0) {
    const all =
      now.nodes < seen.nodes ? `the ${count(now.nodes)} of ${nodes(seen.nodes)} that have a price` : nodes(now.nodes);
    lines.push(`You pay ${perHour(now.usdPerHour)} (${perMonth(now.usdPerHour)}) at list price for ${all}.`);
  } else lines.push(`None of ${nodes(seen.nodes)} could be priced.`);
  if (a.sameCloud) lines.push(sentence(a.sameCloud, now.usdPerHour, `on ${placesOf(a.seen.places)}`));
  if (a.acrossClouds) {
    const said = sentence(a.acrossClouds, now.usdPerHour, `on ${placesOf(a.acrossClouds.places)}`);
    lines.push(`Across clouds: ${said.slice(0, 1).toLowerCase()}${said.slice(1)}`);
  }
  return lines;
}

function sentence(p: Proposal, now: number, where: string): string {
  const proof = p.gap < 0.0005 ? 'proven the least possible' : `proven within ${percent(p.gap)} of the best possible`;
  if (p.kind === 'unchanged') return `Nothing cheaper was found ${where} for the same pods; what runs is ${proof}.`;
  const change = `−${percent(p.savedUsdPerHour / now)}, ${perMonth(p.savedUsdPerHour)} less`;
  return `The cheapest safe placement of the same pods ${where} costs ${perHour(p.usdPerHour)} (${change}), ${proof}.`;
}

function nowSections({ now, seen }: Assessment): Section[] {
  const bits = [
    `${count(seen.pods)} pods, ${count(seen.daemonPods)} of them part of their node`,
    ...(seen.waiting > 0 ? [`${count(seen.waiting)} waiting for a node`] : []),
    ...(seen.finished > 0 ? [`${count(seen.finished)} finished and not counted`] : []),
    ...(seen.ending > 0 ? [`${count(seen.ending)} being deleted and not counted`] : []),
    ...(seen.ignored.length > 0
      ? [`left aside: ${seen.ignored.map((i) => `${count(i.items)} ${i.kind}`).join(', ')}`]
      : []),
  ];
  const lines = [`${bits.join('; ')}.`];
  if (now.nodes === 0) return [{ title: 'Now', lines }];
  const rows = now.types.map((t) => [
    t.type,
    t.purchase,
    `${CLOUD[t.provider]} ${t.region}`,
    count(t.nodes),
    perHour(t.usdPerHour),
    percent(t.cpuShare),
    percent(t.memoryShare),
    perHour(t.idleUsdPerHour),
  ]);
  return [
    { title: 'Now', lines: [...lines, `Requested of what the nodes offer: ${now.use.map(useText).join(', ')}.`] },
    {
      title: 'Where the money goes, most idle first',
      table: {
        head: [
          left('type'),
          left('purchase'),
          left('region'),
          right('nodes'),
          right('$/h'),
          right('cpu'),
          right('memory'),
          right('idle $/h'),
        ],
        rows,
      },
    },
  ];
}

function useText({ resource, requested, allocatable, unit }: ResourceUse): string {
  const share = allocatable > 0 ? percent(requested / allocatable) : '–';
  return `${resource} ${share} (${count(Math.round(requested))} of ${count(Math.round(allocatable))}${unit === '' ? '' : ` ${unit}`})`;
}

function proposalSections(title: string, p: Proposal | undefined): Section[] {
  if (!p || p.kind === 'unchanged') return [];
  const kept =
    p.staying.nodes > 0 ? `, ${count(p.staying.nodes)} of which stay (${perHour(p.staying.usdPerHour)})` : '';
  return [
    {
      title: `${title}: ${nodes(p.nodes)}${kept}`,
      lines: [`No placement within the same limits costs less than ${perHour(p.lowerBoundUsdPerHour)}.`],
      table: {
        head: [
          left('type'),
          left('purchase'),
          left('region'),
          left('zones'),
          right('nodes'),
          right('each $/h'),
          right('$/h'),
          right('pods'),
        ],
        rows: p.mix.map(mixRow),
      },
    },
  ];
}

function eachSections({ eachCloud, now }: Assessment): Section[] {
  if (eachCloud.length === 0) return [];
  const head = [left('with'), right('$/h'), right('change'), right('nodes'), right('proven within')];
  return [
    {
      title: 'With one more region beside today’s',
      table: {
        head,
        rows: eachCloud.map(({ places, proposal: p }) => [
          placesOf(places),
          perHour(p.usdPerHour),
          p.kind === 'unchanged' ? 'none' : `−${percent(p.savedUsdPerHour / now.usdPerHour)}`,
          count(p.nodes),
          percent(p.gap),
        ]),
      },
    },
  ];
}

const mixRow = (m: MixLine): string[] => [
  m.type,
  m.purchase,
  `${CLOUD[m.provider]} ${m.region}`,
  shortZones(m),
  `${count(m.nodes)}${m.staying > 0 ? ` (${m.staying === m.nodes ? 'all' : count(m.staying)} stay)` : ''}`,
  `$${m.usdPerHourEach.toFixed(4)}`,
  perHour(m.nodes * m.usdPerHourEach),
  count(m.pods),
];

/** `eu-west-1a, eu-west-1b` → `a b` */
const shortZones = ({ region, zones }: MixLine): string =>
  zones.map((zone) => (zone.startsWith(region) ? zone.slice(region.length).replace(/^-/, '') : zone)).join(' ');

function unpricedSections({ unpriced }: Assessment): Section[] {
  if (unpriced.length === 0) return [];
  return [
    {
      title: 'Not priced: left as they are, on neither side of the comparison',
      table: {
        head: [left('type'), left('where'), right('nodes'), right('pods'), left('why'), left('nearest known')],
        rows: unpriced.map((u) => [
          u.type,
          u.place,
          count(u.nodes),
          count(u.pods),
          u.reason,
          u.nearest ? `${u.nearest.name} $${u.nearest.usdPerHour.toFixed(4)}/h` : '–',
        ]),
      },
    },
  ];
}

function staySections({ stays }: Assessment): Section[] {
  if (stays.length === 0) return [];
  return [
    {
      title: 'Not moved: their nodes stay and count on both sides',
      table: {
        head: [right('pods'), left('why'), right('nodes'), right('$/h'), left('workloads')],
        rows: stays.map((s) => [count(s.pods), s.reason, count(s.nodes), perHour(s.usdPerHour), some(s.workloads)]),
      },
    },
  ];
}

function leftOutSections({ leftOut }: Assessment): Section[] {
  if (leftOut.length === 0) return [];
  return [
    {
      title: 'Left out of the proposals',
      table: {
        head: [right('pods'), left('why'), left('workloads')],
        rows: leftOut.map((l) => [count(l.pods), l.reason, some(l.workloads)]),
      },
    },
  ];
}

const CLOUD = { aws: 'AWS', azure: 'Azure', gcp: 'GCP', kubernetes: 'own' } as const;
const left = (name: string): Column => ({ name, align: 'left' });
const right = (name: string): Column => ({ name, align: 'right' });

const count = (n: number): string => n.toLocaleString('en-US');
const nodes = (n: number): string => `${count(n)} node${n === 1 ? '' : 's'}`;
const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
const money = (usd: number, digits: number): string =>
  `$${usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
const perHour = (usd: number): string => `${money(usd, 2)}/h`;
const perMonth = (usd: number): string => `${money(usdPerMonth(usd), 0)}/month`;

function placesOf(places: readonly string[]): string {
  const names = places.map((place) => {
    const [provider = '', region = ''] = place.split('/');
    return `${CLOUD[provider as keyof typeof CLOUD] ?? provider} ${region}`;
  });
  return names.length <= 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

function some(workloads: readonly string[]): string {
  const shown = workloads.slice(0, 2).map((w) => w.replace(/\/(?:Deployment|StatefulSet|Job|Pod)\//, '/'));
  return workloads.length > 2 ? `${shown.join(', ')} and ${count(workloads.length - 2)} more` : shown.join(', ');
}
