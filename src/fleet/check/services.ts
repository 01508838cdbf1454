import type { FleetDocument } from '../document/document.ts';
import type { Finding } from '../finding.ts';
import type { Fleet, Service } from '../fleet.ts';
import { placesOf } from '../places.ts';
import type { Check } from './check.ts';
import { durationText } from './duration-text.ts';
import { unlessKnown, unlessMatched } from './known.ts';

/** What flows to users goes to `internet`, so no service can have that name. */
export const INTERNET = 'internet';

export const checkServices: Check = (document, fleet) =>
  fleet.services.flatMap((service) => [
    ...checkName(service),
    ...checkLoad(service, document),
    ...checkAllow(service, fleet),
    ...checkBounds(service),
    ...checkObjective(service, document),
    ...checkOn(service),
    ...checkShrink(service, fleet),
    ...checkWorkload(service),
  ]);

function checkName({ name }: Service): readonly Finding[] {
  if (name !== INTERNET) return [];
  const problem = 'internet means users in traffic';
  return [{ path: ['services', name], onKey: true, problem, remedy: 'give the service another name' }];
}

/** Markets that share one workload could not be told apart. */
function checkWorkload({ name, workload, markets }: Service): readonly Finding[] {
  if (workload === undefined || markets.length < 2 || workload.includes('{market}')) return [];
  const problem = `one workload for ${markets.length} markets`;
  return [{ path: ['services', name, 'workload'], problem, remedy: `put {market} where their names differ` }];
}

function checkLoad({ name, signal }: Service, document: FleetDocument): readonly Finding[] {
  const unknown = unlessKnown(['services', name, 'signal'], signal, Object.keys(document.signals), 'signal');
  if (unknown.length > 0) return unknown;
  const withSeries = Object.keys(document.signals[signal]?.markets ?? {});
  const asked = document.services[name]?.markets ?? [];
  return asked.flatMap((market, i) =>
    unlessKnown(['services', name, 'markets', i], market, withSeries, `market of signal ${signal}`),
  );
}

function checkAllow({ name, allow }: Service, fleet: Fleet): readonly Finding[] {
  const regions = fleet.clouds.flatMap((cloud) => cloud.regions);
  const providers = fleet.clouds.map((cloud) => cloud.provider);
  const path = (key: string): readonly string[] => ['services', name, 'allow', key];
  return [
    ...unlessMatched(path('provider'), allow.provider, providers, 'cloud'),
    ...unlessMatched(path('place'), allow.place, placesOf(fleet), 'place'),
    ...unlessMatched(path('region'), allow.region, [...new Set(regions.map((region) => region.name))], 'region'),
    ...unlessMatched(path('zone'), allow.zone, [...new Set(regions.flatMap((region) => region.zones))], 'zone'),
  ];
}

function checkBounds(service: Service): readonly Finding[] {
  const { name, minReplicas, maxReplicas, spotAtMost, allow, requests, reconnect, drain } = service;
  const at = (...keys: readonly string[]): readonly string[] => ['services', name, ...keys];
  const findings: Finding[] = [];
  if (minReplicas > maxReplicas) {
    const problem = `more than replicas.max, ${maxReplicas}`;
    findings.push({ path: at('replicas', 'min'), problem, remedy: 'lower it, or raise replicas.max' });
  }
  if (spotAtMost < 1 && allow.purchase?.every((purchase) => purchase === 'spot')) {
    const problem = `spot alone is bought, but spot.atMost is ${Number((spotAtMost * 100).toFixed(2))}%`;
    const remedy = 'allow on-demand too, or set spot.atMost to 100%';
    findings.push({ path: at('allow', 'purchase'), problem, remedy });
  }
  if (allow.gpu !== undefined && requests.devices === undefined) {
    const remedy = 'add it to requests, like nvidia.com/gpu: 1, or leave allow.gpu out';
    findings.push({ path: at('allow', 'gpu'), problem: 'it asks for no GPU', remedy });
  }
  if (reconnect !== undefined && drain === 0) {
    const problem = 'its clients would all be dropped at once, the very storm that reconnect plans for';
    const remedy = 'write the time over which one replica’s clients can be moved, like 15m';
    findings.push({ path: at('drain'), problem, remedy });
  }
  return findings;
}

function checkObjective({ name }: Service, document: FleetDocument): readonly Finding[] {
  const { quantile, costs } = document.services[name] ?? {};
  if (quantile === undefined || costs === undefined) return [];
  const problem = 'costs decide the quantile';
  return [{ path: ['services', name, 'quantile'], onKey: true, problem, remedy: 'keep quantile or costs, not both' }];
}

/** The devices of a replica say which nodes it fits, so they are the same wherever it runs. */
function checkOn({ name, on, requests }: Service): readonly Finding[] {
  const devices = devicesText(requests.devices);
  return on.flatMap((nodes, i): Finding[] => {
    const path = ['services', name, 'on', i];
    if (nodes.arch === undefined && nodes.type === undefined) {
      return [{ path, problem: 'no nodes are named', remedy: 'add arch, like [arm64], or type, like [m5.*]' }];
    }
    if ((nodes.requests === undefined) === (nodes.capacityPerReplica === undefined)) {
      const problem = nodes.requests === undefined ? 'nothing differs there' : 'both differ there';
      const remedy = 'write requests, for the same load with less or more, or capacityPerReplica, not both';
      return [{ path, problem, remedy }];
    }
    if (nodes.requests === undefined || devicesText(nodes.requests.devices) === devices) return [];
    const remedy = `ask for the same devices as requests, ${devices === '' ? 'none' : devices}`;
    return [{ path: [...path, 'requests'], problem: 'other devices than elsewhere', remedy }];
  });
}

const devicesText = (devices: Service['requests']['devices']): string =>
  Object.entries(devices ?? {})
    .map(([device, n]) => `${device}: ${n}`)
    .toSorted()
    .join(', ');

/** Whole replicas are let go in each cycle, so a pace of less than one would never let go of any. */
function checkShrink({ name, shrink, capacityPerReplica, on }: Service, { cycle }: Fleet): readonly Finding[] {
  if (shrink === undefined) return [];
  const path = ['services', name, 'shrink'];
  const { replicasPerMinute, loadPerMinute } = shrink;
  if ((replicasPerMinute === undefined) === (loadPerMinute === undefined)) {
    const problem = replicasPerMinute === undefined ? 'no pace is stated' : 'two paces are stated';
    return [{ path, problem, remedy: 'write replicasPerMinute or loadPerMinute, one of them' }];
  }
  const largest = Math.max(capacityPerReplica, ...on.map((o) => o.capacityPerReplica ?? 0));
  const perCycle = ((replicasPerMinute ?? (loadPerMinute ?? 0) / largest) * cycle) / 60;
  if (perCycle >= 1) return [];
  const key = replicasPerMinute === undefined ? 'loadPerMinute' : 'replicasPerMinute';
  const problem = `less than one replica in a cycle of ${durationText(cycle)}, so none would ever be let go`;
  return [{ path: [...path, key], problem, remedy: 'raise it, or make the cycle longer' }];
}
