import type { Room } from './room.ts';
import { DISKS } from './slots.ts';
import type { Unit } from './units.ts';

/** What is left of a node while pods are put on it and taken off. */
export interface Slack {
  cpu: number;
  memory: number;
  storage: number;
  pods: number;
  readonly others: Map<string, number>;
}

export function roomOf({ amounts, pods }: Room): Slack {
  return { cpu: amounts.cpu, memory: amounts.memory, storage: amounts.storage, pods, others: new Map(amounts.others) };
}

/** @param sign 1 to put a pod of the unit on, −1 to take it off */
export function takeFrom(slack: Slack, unit: Unit, sign: 1 | -1): void {
  const { cpu, memory, storage, others } = unit.requests;
  slack.cpu -= sign * cpu;
  slack.memory -= sign * memory;
  slack.storage -= sign * storage;
  slack.pods -= sign;
  for (const [name, n] of others) slack.others.set(name, (slack.others.get(name) ?? 0) - sign * n);
  if (unit.disks > 0) slack.others.set(DISKS, (slack.others.get(DISKS) ?? 0) - sign * unit.disks);
}

/** Sums of binary fractions: a millionth of a millicore or MiB short is none. */
const TOLERANCE = 1e-6;

/** @param without a unit of which one pod leaves first */
export function hasRoom(slack: Slack, unit: Unit, without?: Unit): boolean {
  const given = without?.requests;
  const { requests } = unit;
  if (slack.pods + (without ? 1 : 0) < 1) return false;
  if (slack.cpu + (given?.cpu ?? 0) + TOLERANCE < requests.cpu) return false;
  if (slack.memory + (given?.memory ?? 0) + TOLERANCE < requests.memory) return false;
  if (requests.storage > 0 && slack.storage + (given?.storage ?? 0) + TOLERANCE < requests.storage) return false;
  for (const [name, n] of requests.others) {
    if ((slack.others.get(name) ?? 0) + (given?.others.get(name) ?? 0) < n) return false;
  }
  return unit.disks === 0 || (slack.others.get(DISKS) ?? 0) + (without?.disks ?? 0) >= unit.disks;
}
