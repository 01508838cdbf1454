import type { AnswerFile } from '../interchange/answer-file.ts';
import { type Finding, judged } from './finding.ts';
import { amountText, HAIR, type Scene } from './scene.ts';

/** Each node by itself: that there is such an offering, that what is on it fits and may be there. */
export function nodeFindings(scene: Scene, { nodes }: AnswerFile): readonly Finding[] {
  const names: string[] = [];
  const fillings: string[] = [];
  const places: string[] = [];
  let count = 0;
  for (const n of nodes) {
    const o = scene.offeringAt.get(n.offering);
    if (o === undefined) {
      names.push(`the problem has no offering ${n.offering}`);
      continue;
    }
    if (!isCount(n.count)) names.push(`${n.count} is no number of nodes of ${n.offering}`);
    count += n.count;
    const filled = fillingOf(scene, n.offering, n.replicas);
    names.push(...filled.faults);
    fillings.push(...overfilled(scene, o, filled.counts), ...crowded(scene, o, filled.counts));
    places.push(...outOfPlace(scene, o, filled.counts));
  }
  const offerings = new Set(nodes.map((n) => n.offering)).size;
  return [
    ...judged('nodes', names, `whole counts: ${counted(count, 'node')} of ${counted(offerings, 'offering')}`),
    ...judged('fillings', fillings, 'what is on each node fits in every resource, and keeps every perNodeAtMost'),
    ...judged('places', places, 'each group is only where its allow rules let it be'),
    ...availabilityFindings(scene, nodes),
  ];
}

export const counted = (n: number, what: string): string => `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`;
export const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

type Counts = readonly (readonly [g: number, replicas: number])[];

function fillingOf(
  { groupAt }: Scene,
  offering: string,
  replicas: Readonly<Record<string, number>>,
): { readonly counts: Counts; readonly faults: readonly string[] } {
  const counts: [number, number][] = [];
  const faults: string[] = [];
  for (const [name, n] of Object.entries(replicas)) {
    const g = groupAt.get(name);
    if (g === undefined) faults.push(`the problem has no group ${name}, which is on ${offering}`);
    else if (!isCount(n)) faults.push(`${n} is no number of replicas of ${name} on ${offering}`);
    else if (n > 0) counts.push([g, n]);
  }
  return { counts, faults };
}

function overfilled({ resources, need, have, offerings }: Scene, o: number, counts: Counts): readonly string[] {
  const width = resources.length;
  return resources.flatMap((name, r) => {
    const used = counts.reduce((sum, [g, n]) => sum + n * (need[g * width + r] as number), 0);
    const most = have[o * width + r] as number;
    if (used <= most * (1 + HAIR)) return [];
    return [`${offerings[o]?.id} holds ${amountText(name, used)} where ${amountText(name, most)} fit`];
  });
}

function crowded({ groups, offerings }: Scene, o: number, counts: Counts): readonly string[] {
  return counts.flatMap(([g, n]) => {
    const most = groups[g]?.perNodeAtMost ?? Infinity;
    return n > most
      ? [`${offerings[o]?.id} holds ${n} replicas of ${groups[g]?.name}, of which ${most} may share a node`]
      : [];
  });
}

function outOfPlace({ groups, offerings, allowed }: Scene, o: number, counts: Counts): readonly string[] {
  return counts.flatMap(([g]) =>
    allowed[g * offerings.length + o] === 1 ? [] : [`${groups[g]?.name} may not be on ${offerings[o]?.id}`],
  );
}

function availabilityFindings({ offerings }: Scene, nodes: AnswerFile['nodes']): readonly Finding[] {
  const count = new Map<string, number>();
  for (const n of nodes) count.set(n.offering, (count.get(n.offering) ?? 0) + n.count);
  const limited = offerings.filter((o) => o.atMost !== undefined);
  const faults = limited.flatMap(({ id, atMost = Infinity }) => {
    const n = count.get(id) ?? 0;
    return n > atMost ? [`${counted(n, 'node')} of ${id}, of which ${atMost} can be had`] : [];
  });
  const holding = `no offering is used beyond its atMost (${limited.length} have one)`;
  return judged('availability', faults, limited.length === 0 ? undefined : holding);
}
