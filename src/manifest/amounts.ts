import { parseCpu, parseMemory, parseQuantity, type Resources } from '../quantity.ts';
import type { Trouble } from '../trouble.ts';
import { mib, milliCores } from '../units.ts';
import { isObject, shown } from './json.ts';

/** Resources of one container, pod or node while they are added up: cpu in millicores, memory and storage in MiB. */
export interface Amounts {
  cpu: number;
  memory: number;
  storage: number;
  /** every other resource by its Kubernetes name, in its own unit */
  readonly others: Map<string, number>;
}

export const nothing = (): Amounts => ({ cpu: 0, memory: 0, storage: 0, others: new Map() });

/** Where a list of quantities stands, for the trouble's line. */
export interface Spot {
  readonly file: string;
  readonly at: string;
}

/**
 * Reads a map of Kubernetes quantities. Each that is not one, or is negative, adds a trouble.
 *
 * @param pods name under which a node states how many pods it takes
 */
export function amountsOf(raw: unknown, spot: Spot, troubles: Trouble[]): Amounts {
  const found = nothing();
  if (!isObject(raw)) return found;
  for (const [name, quantity] of Object.entries(raw)) {
    const value = quantityOf(name, quantity);
    if (value === undefined) {
      troubles.push({
        file: spot.file,
        at: `${spot.at}.${name}`,
        value: shown(quantity),
        problem: 'this is not a quantity of zero or more',
        remedy: 'Kubernetes writes 500m, 2, 128Mi or 1Gi; hand over what kubectl prints, unchanged',
      });
    } else if (name === 'cpu') found.cpu = value;
    else if (name === 'memory') found.memory = value;
    else if (name === 'ephemeral-storage') found.storage = value;
    else if (value > 0) found.others.set(name, value);
  }
  return found;
}

function quantityOf(name: string, raw: unknown): number | undefined {
  if (typeof raw !== 'string' && typeof raw !== 'number') return undefined;
  if (name === 'cpu') return parseCpu(raw);
  return name === 'memory' || name === 'ephemeral-storage' ? parseMemory(raw) : parseQuantity(raw);
}

export function add(into: Amounts, more: Amounts): void {
  into.cpu += more.cpu;
  into.memory += more.memory;
  into.storage += more.storage;
  for (const [name, value] of more.others) into.others.set(name, (into.others.get(name) ?? 0) + value);
}

/** The larger of both, resource by resource. */
export function raise(into: Amounts, other: Amounts): void {
  into.cpu = Math.max(into.cpu, other.cpu);
  into.memory = Math.max(into.memory, other.memory);
  into.storage = Math.max(into.storage, other.storage);
  for (const [name, value] of other.others) into.others.set(name, Math.max(into.others.get(name) ?? 0, value));
}

export function copyOf(amounts: Amounts): Amounts {
  return { ...amounts, others: new Map(amounts.others) };
}

/** As the placement reads them. `pods` is how many pods the node takes or the requests come from. */
export function resourcesFrom(amounts: Amounts, pods: number): Resources {
  return {
    cpu: milliCores(amounts.cpu),
    memory: mib(amounts.memory),
    ...(amounts.storage > 0 ? { storage: mib(amounts.storage) } : {}),
    pods,
    ...(amounts.others.size > 0 ? { devices: Object.fromEntries(amounts.others) } : {}),
  };
}
