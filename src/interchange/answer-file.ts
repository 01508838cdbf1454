import { byName, choice, fields, list, nature, number, pathOf, text, version, type Shape } from './shape.ts';

/** What `godwit place -o json` answers. Rates are USD per hour. */
export interface AnswerFile {
  readonly schemaVersion: 1;
  readonly status: Status;
  readonly method: string;
  readonly usdPerHour: number;
  readonly lowerBoundUsdPerHour: number;
  /** usdPerHour / lowerBound − 1; null where the bound is 0 and the cost is not */
  readonly gap: number | null;
  readonly nodes: readonly NodesEntry[];
  readonly unplaced: Readonly<Record<string, number>>;
  readonly conflict: readonly string[];
  readonly certificate: CertificateEntry;
  readonly seconds: number;
}

export const STATUSES = ['placed', 'partial', 'infeasible'] as const;
export type Status = (typeof STATUSES)[number];

export interface NodesEntry {
  readonly offering: string;
  readonly count: number;
  /** replicas on EACH of the count nodes */
  readonly replicas: Readonly<Record<string, number>>;
}

export interface CertificateEntry {
  readonly groupPrices: Readonly<Record<string, number>>;
  readonly availabilityPrices: Readonly<Record<string, number>>;
  readonly rulePrices: Readonly<Record<string, number>>;
}

const figure = (description: string, example: number): Shape<number> => number(description, 'USD an hour', example);

const prices = (description: string, example: string): Shape<Readonly<Record<string, number>>> =>
  byName(description, `${JSON.stringify(example)}: 0.0123`, figure('USD an hour.', 0.0123));

const gap: Shape<number | null> = {
  check(value, at, found) {
    if (value === null || (typeof value === 'number' && Number.isFinite(value))) return;
    found.push({ path: pathOf(at), problem: nature(value, 'number'), remedy: 'write usdPerHour / lowerBound − 1' });
  },
  schema: {
    type: ['number', 'null'],
    description: 'usdPerHour / lowerBoundUsdPerHour − 1; null where the bound is 0 and the cost is not.',
    examples: [0.0031],
  },
  remedy: 'write usdPerHour / lowerBound − 1, or null where the bound is 0',
};

// whole numbers and signs are the verification's to judge: an answer that breaks them is wrong, not unreadable
const nodes = fields<NodesEntry>('Nodes of one offering that are filled alike.', {
  offering: text('The id of the offering.', 'aws/us-east-1/us-east-1a/m7i.large/on-demand'),
  count: number('How many nodes.', 'nodes', 3),
  replicas: byName('Replicas on each of the nodes, by group.', '"gateway/sea": 3', number('Replicas.', 'replicas', 3)),
});

export const answerFile = fields<AnswerFile>('An answer of `godwit place`.', {
  schemaVersion: version,
  status: choice('Whether all replicas have a place, some, or none.', STATUSES),
  method: text('How the placement was found.', 'columns'),
  usdPerHour: figure('What the nodes cost.', 812.4),
  lowerBoundUsdPerHour: figure('No placement that keeps the rules costs less.', 809.9),
  gap,
  nodes: list('The nodes and what is on them.', 'nodes', nodes),
  unplaced: byName('Replicas that have no place, by group.', '"gateway/sea": 3', number('Replicas.', 'replicas', 3)),
  conflict: list('The rules that clash, in words.', 'a sentence', text('A rule.', 'the nodes are too few')),
  certificate: fields<CertificateEntry>('Prices that prove the lower bound.', {
    groupPrices: prices('USD an hour of one more replica, by group.', 'gateway/sea'),
    availabilityPrices: prices('What one more node of a scarce offering would save, by offering.', 'the id'),
    rulePrices: prices('What one unit of a rule costs, by rule.', 'vendorShareAtMost/aws'),
  }),
  seconds: number('How long it took.', 'seconds', 1.2, { least: 0 }),
});
