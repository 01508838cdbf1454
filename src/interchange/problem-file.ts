import { PURCHASES, type Purchase } from '../catalog/offering.ts';
import { resources, type Amounts } from './resources.ts';
import { byName, choice, fields, list, number, optional, pathOf, text, version, type Shape } from './shape.ts';

/** What `godwit place` is given: replicas to place, nodes that can be had, and the rules. As it stands in the file. */
export interface ProblemFile {
  readonly schemaVersion: 1;
  readonly groups: readonly GroupEntry[];
  readonly offerings: readonly OfferingEntry[];
  readonly rules?: { readonly vendorShareAtMost?: Readonly<Record<string, number>> };
  readonly running?: readonly RunningEntry[];
  readonly change?: ChangeEntry;
}

/** Replicas that are alike. */
export interface GroupEntry {
  readonly name: string;
  readonly replicas: number;
  readonly requests: Amounts;
  readonly allow?: AllowEntry;
  readonly perNodeAtMost?: number;
  readonly spotAtMost?: number;
  readonly zoneSkew?: number;
  readonly survive?: { readonly loss: Loss; readonly share: number };
}

export interface AllowEntry {
  readonly provider?: readonly string[];
  readonly region?: readonly string[];
  readonly zone?: readonly string[];
  readonly arch?: readonly string[];
  readonly purchase?: readonly Purchase[];
  readonly type?: readonly string[];
}

/** A kind of node that can be had at one place, for one price. */
export interface OfferingEntry {
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly arch: string;
  readonly purchase: Purchase;
  readonly usdPerHour: number;
  readonly allocatable: Amounts;
  readonly atMost?: number;
}

export interface RunningEntry {
  readonly offering: string;
  readonly count: number;
  readonly replicas?: Readonly<Record<string, number>>;
}

export interface ChangeEntry {
  readonly launchUsd?: number;
  readonly moveUsdPerReplica?: number;
  readonly horizonHours?: number;
}

const LOSSES = ['provider', 'region', 'zone'] as const;
export type Loss = (typeof LOSSES)[number];

/** Counts are kept in 32 bits where it is fast. */
const MOST = 1e9;

const share = (description: string, example: number): Shape<number> => {
  const plain = number(description, 'the whole', example, { least: 0, most: 1 });
  const remedy = `write a share from 0 to 1, without quotes, like ${example}`;
  return {
    ...plain,
    remedy,
    check(value, at, found) {
      const before = found.length;
      plain.check(value, at, found);
      if (found.length === before) return;
      const percent = typeof value === 'number' && value > 1 && value <= 100;
      found[before] = {
        path: pathOf(at),
        problem: found[before]?.problem ?? '',
        remedy: percent ? `write ${Number((value / 100).toPrecision(12))} for ${value}%` : remedy,
      };
    },
  };
};

/** A name that other parts of the file and of the answer refer to. */
const name = (description: string, example: string): Shape<string> => {
  const plain = text(description, example);
  return {
    ...plain,
    check(value, at, found) {
      plain.check(value, at, found);
      if (typeof value === 'string' && value in {}) {
        // names become keys of objects, where these mean something else
        found.push({ path: pathOf(at), problem: 'JavaScript keeps this name for itself', remedy: 'choose another' });
      }
    },
  };
};

/** Part of `provider/region/zone`, by which places are told apart. */
const placeName = (description: string, example: string): Shape<string> => {
  const plain = name(description, example);
  return {
    ...plain,
    schema: { ...plain.schema, pattern: '^[^/]+$' },
    check(value, at, found) {
      plain.check(value, at, found);
      if (typeof value === 'string' && value.includes('/')) {
        found.push({ path: pathOf(at), problem: 'it holds a slash', remedy: 'slashes part provider, region and zone' });
      }
    },
  };
};

const any = (what: string, example: string): Shape<readonly string[]> =>
  list(`The ${what}s it may use, * for any run of letters. Absent: all.`, `a ${what}`, text(`A ${what}.`, example), 1);

const allow = fields<AllowEntry>('Where replicas may be. Each field absent: anywhere.', {
  provider: optional(any('provider', 'aws')),
  region: optional(any('region', 'us-east-1')),
  zone: optional(any('zone', 'us-east-1a')),
  arch: optional(any('architecture', 'amd64')),
  purchase: optional(list('How nodes may be bought. Absent: either way.', 'one', choice('One way.', PURCHASES), 1)),
  type: optional(any('type', 'm7i.large')),
});

const count = (description: string, unit: string, example: number, least: 0 | 1 = 0): Shape<number> =>
  number(description, unit, example, { whole: true, least, most: MOST });

const group = fields<GroupEntry>('Replicas that are alike: they need the same and may be in the same places.', {
  name: name('What rules and answers call it.', 'gateway/sea'),
  replicas: count('How many are needed.', 'replicas', 1200),
  requests: resources('What one replica takes of a node; beside it, one pod.', ['cpu', 'memory', 'ephemeral-storage']),
  allow: optional(allow),
  perNodeAtMost: optional(count('Most replicas on one node.', 'replicas', 2, 1)),
  spotAtMost: optional(share('Largest share of the replicas on spot nodes. Absent: 1.', 0.4)),
  zoneSkew: optional(count('Largest difference between any two zones that it may use.', 'replicas', 1)),
  survive: optional(
    fields<{ loss: Loss; share: number }>('What must remain when a part of the world is lost.', {
      loss: choice('What is lost: any one of these.', LOSSES),
      share: share('Share of the replicas that must remain.', 0.7),
    }),
  ),
});

const offering = fields<OfferingEntry>('A kind of node that can be had.', {
  id: name('What answers call it.', 'aws/us-east-1/us-east-1a/m7i.large/on-demand'),
  provider: placeName('Who rents it out.', 'aws'),
  region: placeName('The provider’s region.', 'us-east-1'),
  zone: name('The zone of the region.', 'us-east-1a'),
  type: text('The instance type.', 'm7i.large'),
  arch: text('The architecture, as Kubernetes names it.', 'amd64'),
  purchase: choice('How it is bought.', PURCHASES),
  usdPerHour: number('Price of one node.', 'USD an hour', 0.1008, { least: 0, most: 1e7 }),
  allocatable: resources('What replicas may use of one node. Absent resources count as 0, absent pods as no limit.', [
    'cpu',
    'memory',
    'ephemeral-storage',
    'pods',
  ]),
  atMost: optional(count('Most nodes that can be had. Absent: no limit.', 'nodes', 500)),
});

const running = fields<RunningEntry>('Nodes of one offering that run now, and are filled alike.', {
  offering: text('The id of the offering.', 'aws/us-east-1/us-east-1a/m7i.large/on-demand'),
  count: count('How many nodes.', 'nodes', 12),
  replicas: optional(
    byName('Replicas on each of the nodes, by group.', '"gateway/sea": 3', count('Replicas.', 'replicas', 3)),
  ),
});

const usd = (description: string, example: number): Shape<number> =>
  number(description, 'USD', example, { least: 0, most: 1e9 });

const change = fields<ChangeEntry>('What it costs to leave the nodes that run. Absent: nothing.', {
  launchUsd: optional(usd('Starting one node. Absent: 0.', 0.01)),
  moveUsdPerReplica: optional(usd('Moving one replica. Absent: 0.', 0.0005)),
  horizonHours: optional(
    number('Time within which a change must pay for itself. Absent: 1.', 'hours', 1, { above: 0, most: 1e6 }),
  ),
});

export const problemFile = fields<ProblemFile>('A placement problem for `godwit place`.', {
  schemaVersion: version,
  groups: list('What is to be placed.', 'a group', group),
  offerings: list('What can be had.', 'an offering', offering),
  rules: optional(
    fields<{ vendorShareAtMost?: Readonly<Record<string, number>> }>('Rules on the whole placement.', {
      vendorShareAtMost: optional(
        byName('Largest share of the total USD an hour, by provider.', '"aws": 0.6', share('A share.', 0.6)),
      ),
    }),
  ),
  running: optional(list('Nodes that run now.', 'the nodes of one offering', running)),
  change: optional(change),
});
