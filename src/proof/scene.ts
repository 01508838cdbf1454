import type { GroupEntry, OfferingEntry, ProblemFile } from '../interchange/problem-file.ts';
import type { Amounts } from '../interchange/resources.ts';
import { parseQuantity } from '../quantity.ts';
import { mayUse } from './allow.ts';

/** A problem in flat figures, for counting. Names stay beside them: what is found wrong is told in words. */
export interface Scene {
  readonly groups: readonly GroupEntry[];
  readonly offerings: readonly OfferingEntry[];
  readonly groupAt: ReadonlyMap<string, number>;
  readonly offeringAt: ReadonlyMap<string, number>;
  /** names of the resources that any group asks for, pods among them */
  readonly resources: readonly string[];
  /** what one replica of g takes of resource r, at [g × resources + r] */
  readonly need: Float64Array;
  /** what one node of o has of it, at [o × resources + r]; Infinity where it is not limited */
  readonly have: Float64Array;
  /** 1 where group g may be on offering o by its allow rules and spot tolerance, at [g × offerings + o] */
  readonly allowed: Uint8Array;
  /** `provider/region/zone` of each offering */
  readonly zoneOf: readonly string[];
}

/** Binary fractions of cores and GiB leave this much error on a sum; a shortage this small is none. */
export const HAIR = 1e-9;

export function sceneOf(problem: ProblemFile): Scene {
  const { groups, offerings } = problem;
  const resources = resourcesOf(groups);
  return {
    groups,
    offerings,
    groupAt: new Map(groups.map((g, i) => [g.name, i])),
    offeringAt: new Map(offerings.map((o, i) => [o.id, i])),
    resources,
    need: vectors(
      groups.map((g) => ({ ...g.requests, pods: 1 })),
      resources,
      0,
    ),
    have: vectors(
      offerings.map((o) => o.allocatable),
      resources,
      Infinity,
    ),
    allowed: mayUse(groups, offerings),
    zoneOf: offerings.map((o) => `${o.provider}/${o.region}/${o.zone}`),
  };
}

function resourcesOf(groups: readonly GroupEntry[]): readonly string[] {
  const names = new Set<string>();
  for (const { requests } of groups) {
    for (const [name, amount] of Object.entries(requests)) if ((parseQuantity(amount) ?? 0) > 0) names.add(name);
  }
  return [...[...names].toSorted(), 'pods'];
}

/** @param podsOtherwise what absent pods mean; other absent resources are 0 */
function vectors(rows: readonly Amounts[], resources: readonly string[], podsOtherwise: number): Float64Array {
  const out = new Float64Array(rows.length * resources.length);
  rows.forEach((row, i) =>
    resources.forEach((name, r) => {
      const amount = row[name];
      const otherwise = name === 'pods' ? podsOtherwise : 0;
      out[i * resources.length + r] = amount === undefined ? otherwise : wholeWhereNear(unitsOf(name, amount));
    }),
  );
  return out;
}

/** Bytes are whole already; millionths make whole numbers of millicores and of shared devices. */
const MILLION = 1e6;

function unitsOf(name: string, amount: string | number): number {
  const base = parseQuantity(amount) ?? 0;
  return name === 'memory' || name === 'ephemeral-storage' || name === 'pods' ? base : base * MILLION;
}

function wholeWhereNear(n: number): number {
  const whole = Math.round(n);
  return Math.abs(n - whole) <= HAIR * Math.max(1, n) ? whole : n;
}

/** Whether an empty node of o has room for one replica of g. */
export function hasRoom({ resources, need, have }: Scene, g: number, o: number): boolean {
  for (let r = 0; r < resources.length; r++) {
    const has = have[o * resources.length + r] as number;
    if ((need[g * resources.length + r] as number) > has * (1 + HAIR)) return false;
  }
  return true;
}

/** Indices of offerings on which g may be and has room. */
export function usable(scene: Scene, g: number): readonly number[] {
  const width = scene.offerings.length;
  return [...scene.offerings.keys()].filter((o) => scene.allowed[g * width + o] === 1 && hasRoom(scene, g, o));
}

/** What one unit of a resource is called, and how many of ours it has. */
export function amountText(name: string, units: number): string {
  if (name === 'memory' || name === 'ephemeral-storage') return `${figure(units / 2 ** 20)} MiB of ${name}`;
  if (name === 'pods') return `${figure(units)} pods`;
  return name === 'cpu' ? `${figure(units / MILLION)} cores` : `${figure(units / MILLION)} ${name}`;
}

const figure = (n: number): string => String(Number(n.toPrecision(10)));
