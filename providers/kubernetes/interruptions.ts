import { answered, type Answer } from '../../src/failure.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { textsAt } from '../../src/manifest/json.ts';
import type { Interruption, ProviderParts, Shelf } from '../../src/ports.ts';
import type { MachineDeployment, Machine } from './machine-deployments.ts';
import { deploymentsAt, isOf, labelOf, machinesAt } from './pools.ts';
import { ownRegions, type Site, type Sites } from './sites.ts';

/**
 * Nobody takes own machines back; what ends them is failure. A machine that Cluster API calls failed, or whose health
 * check it has given up on, will be replaced at a time that nobody tells.
 */
export async function listInterruptions(
  all: Sites,
  parts: ProviderParts,
  fleet: Fleet,
): Promise<Answer<readonly Interruption[]>> {
  const label = labelOf(fleet);
  if (!label.ok || label.value === undefined) return answered([]);
  const settled = await settledOn(parts.shelf);
  const found: Interruption[] = [];
  for (const region of ownRegions(fleet)) {
    for (const context of region.contexts ?? []) {
      const site = all.open(region, context);
      if (!site.ok) return site;
      const version = await site.value.machines();
      if (!version.ok) return version;
      if (version.value === undefined) continue;
      const pools = await deploymentsAt(site.value, version.value, label.value);
      if (!pools.ok) return pools;
      const machines = await machinesAt(site.value, version.value, pools.value);
      if (!machines.ok) return machines;
      const told = machines.value.flatMap((machine) => noticeOf(site.value, pools.value, machine, parts));
      found.push(...told.filter(({ receipt }) => !settled.has(receipt)));
    }
  }
  return answered(found);
}

function noticeOf(
  { region, context }: Site,
  pools: readonly MachineDeployment[],
  machine: Machine,
  { clock }: ProviderParts,
): readonly Interruption[] {
  const pool = pools.find((p) => isOf(p, machine));
  // a machine that never was a node is an order that failed: its receipt tells of it
  if (!pool || !machine.failed || machine.node === undefined) return [];
  return [
    {
      provider: 'kubernetes',
      region: region.name,
      ...(pool.zone !== undefined && { zone: pool.zone }),
      instance: machine.name,
      kind: 'failed',
      at: machine.failed.since ?? clock.now(),
      receipt: [context, machine.namespace, machine.name].join('/'),
    },
  ];
}

const KEY = 'kubernetes/-/-/settled';
/** Machines' names are never used again; what was settled long ago is of no machine that is left. */
const KEPT = 1000;

/** The failure stands in the cluster for as long as the machine does, so what was dealt with is remembered here. */
export async function settle(shelf: Shelf, receipts: readonly string[]): Promise<void> {
  const all = new Set([...(await settledOn(shelf)), ...receipts]);
  await shelf.put(KEY, JSON.stringify({ schemaVersion: 1, settled: [...all].slice(-KEPT) }));
}

async function settledOn(shelf: Shelf): Promise<ReadonlySet<string>> {
  const text = (await shelf.get(KEY))?.text;
  try {
    return new Set(text === undefined ? [] : textsAt(JSON.parse(text), 'settled'));
  } catch {
    return new Set();
  }
}
