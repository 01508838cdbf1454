import type { ProviderName } from '../catalog/offering.ts';
import type { Share } from '../units.ts';
import { beside } from './beside.ts';
import type { FleetDocument } from './document/document.ts';
import type { EventDocument } from './document/events.ts';
import { resourcesOf } from './document/resources.ts';
import { CSV_COLUMNS } from './document/signals.ts';
import type { Access, Cloud, DeclaredEvent, Fleet, Region, Service, SignalSource, SignalSpec } from './fleet.ts';

/**
 * The fleet that a document describes, defaults filled in. The document's fields are sound one by one; whether its
 * names lead anywhere is checked afterwards, so nothing here may rely on it.
 */
export function assemble(document: FleetDocument, file: string): Fleet {
  const { name, cycle, horizon, markets, services, traffic, pools, commitments, discounts, policies } = document;
  const signals = signalsOf(document, file);
  return {
    file,
    name,
    ...(document.events.length > 0 && { events: document.events.map(eventOf) }),
    cycle,
    horizon,
    clouds: cloudsOf(document),
    pools: pools.declared,
    ...(pools.findByTag === undefined ? {} : { findPoolsByTag: pools.findByTag }),
    templates: pools.templates,
    daemonsets: resourcesOf(document.daemonsets),
    markets: Object.entries(markets).map(([market, { latencyMs, ...rest }]) => ({
      name: market,
      latencyMs: new Map(Object.entries(latencyMs)),
      ...rest,
    })),
    signals,
    ...(document.prometheus === undefined ? {} : { prometheus: document.prometheus }),
    services: Object.entries(services).map(([service, fields]) => serviceOf(service, fields, signals)),
    traffic,
    commitments,
    discounts: discounts.map(({ provider, on, percent, tiers }) => ({
      provider,
      on,
      tiers:
        tiers === undefined
          ? [{ fromUsdPerMonth: 0, discount: percent ?? (0 as Share) }]
          : tiers.map((tier) => ({ fromUsdPerMonth: tier.fromUsdPerMonth, discount: tier.percent })),
    })),
    policies: {
      ...policies,
      vendorShareAtMost: new Map(Object.entries(policies.vendorShareAtMost) as [ProviderName, Share][]),
    },
  };
}

/** One step in a hundred: what a service is sized on where its owner says nothing. */
const DEFAULT_QUANTILE = 0.99;

/** The schema has seen to it that a range has two ends. */
export function eventOf({ between, ...event }: EventDocument): DeclaredEvent {
  const [least = 1, most = 1] = between ?? [];
  return between === undefined ? event : { ...event, between: [least, most] };
}

function cloudsOf({ clouds: { kubernetes, ...vendors } }: FleetDocument): readonly Cloud[] {
  const published = Object.entries(vendors).map(([name, { regions, access }]): Cloud => {
    const provider = name as keyof typeof vendors;
    return {
      provider,
      regions: Object.entries(regions).map(([region, fields]) => ({ provider, name: region, ...fields })),
      ...(access && { access: accessOf(access) }),
    };
  });
  return kubernetes === undefined ? published : [...published, ownClusters(kubernetes)];
}

type Vendors = Omit<FleetDocument['clouds'], 'kubernetes'>;
type DocumentedAccess = NonNullable<NonNullable<Vendors[keyof Vendors]>['access']>;

/** An account has a name of its own at each vendor. */
function accessOf(access: DocumentedAccess): Access {
  if ('subscription' in access) {
    const { subscription, ...rest } = access;
    return { account: subscription, ...rest };
  }
  return 'project' in access ? { account: access.project } : access;
}

type Clusters = NonNullable<FleetDocument['clouds']['kubernetes']>;

function ownClusters({ clusters }: Clusters): Cloud {
  const provider = 'kubernetes';
  const regions = Object.entries(clusters).map(([name, { zones, context, egressUsdPerGb, nodeTypes }]): Region => ({
    provider,
    name,
    zones,
    ...(context !== undefined && { contexts: [context] }),
    own: {
      egress: egressUsdPerGb,
      nodeTypes: Object.entries(nodeTypes).map(([type, { allocatable, ...fields }]) => ({
        name: type,
        allocatable: resourcesOf(allocatable),
        ...fields,
      })),
    },
  }));
  return { provider, regions };
}

function signalsOf({ signals }: FleetDocument, file: string): readonly SignalSpec[] {
  return Object.entries(signals).map(([name, { unit, step, markets }]) => ({
    name,
    unit,
    step,
    sources: Object.entries(markets).map(([market, source]): SignalSource => {
      const { csv, query, sum, scale = 1 } = source;
      if (sum !== undefined) {
        return { kind: 'sum', market, parts: Object.entries(sum).map(([signal, factor]) => ({ signal, factor })) };
      }
      if (csv === undefined) return { kind: 'prometheus', market, query: query ?? '', scale };
      const { time: timeColumn = CSV_COLUMNS.time, value: valueColumn = CSV_COLUMNS.value } = source;
      const { endsAt } = source;
      const moved = endsAt === undefined ? {} : { endsAt };
      return { kind: 'csv', market, file: beside(file, csv), timeColumn, valueColumn, scale, ...moved };
    }),
  }));
}

function serviceOf(name: string, fields: FleetDocument['services'][string], signals: readonly SignalSpec[]): Service {
  const { requests, on, quantile, costs, survive, replicas, spot, spread, markets, ...rest } = fields;
  const everyMarket = signals.find((signal) => signal.name === fields.signal)?.sources.map((source) => source.market);
  return {
    name,
    ...rest,
    requests: resourcesOf(requests),
    on: on.map(({ requests: there, ...nodes }) => ({
      ...nodes,
      ...(there === undefined ? {} : { requests: resourcesOf(there) }),
    })),
    ...(costs === undefined ? { quantile: quantile ?? DEFAULT_QUANTILE } : { costs }),
    minReplicas: replicas.min,
    maxReplicas: replicas.max,
    markets: markets ?? everyMarket ?? [],
    spotAtMost: spot.atMost,
    ...(spread === undefined ? {} : { zoneSkew: spread.zoneSkew }),
    ...surviveOf(survive, fields.reconnect !== undefined),
  };
}

/** Where only the storm is stated, it is the one that follows the largest loss: nothing more must remain than takes it in. */
function surviveOf(survive: Service['survive'], reconnects: boolean): Pick<Service, 'survive'> {
  if (survive === undefined && !reconnects) return {};
  return { survive: survive ?? { loss: 'provider', share: 0 as Share } };
}
