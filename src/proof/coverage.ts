import type { AnswerFile } from '../interchange/answer-file.ts';
import type { ProblemFile } from '../interchange/problem-file.ts';
import { billOf, vendorFaults } from './cost.ts';
import { type Finding, judged } from './finding.ts';
import { counted, isCount } from './nodes.ts';
import { type Share, spotFaults, survivalFaults, total, zoneFaults } from './rules.ts';
import { type Scene, usable } from './scene.ts';

/** Replicas of each group that the answer does not give up: what it must show nodes for. */
export function neededOf({ groups }: Scene, { unplaced }: AnswerFile): readonly number[] {
  return groups.map(({ name, replicas }) => {
    const missing = Object.hasOwn(unplaced, name) ? (unplaced[name] ?? 0) : 0;
    return isCount(missing) ? Math.max(0, replicas - missing) : replicas;
  });
}

/** That every replica has a node or is said to have none, and that the status says the same. */
export function coverageFindings(
  problem: ProblemFile,
  scene: Scene,
  answer: AnswerFile,
  shares: readonly Share[][],
): readonly Finding[] {
  const needed = neededOf(scene, answer);
  const faults = [...strangeUnplaced(scene, answer), ...statusFaults(scene, answer)];
  let short = 0;
  scene.groups.forEach(({ name, replicas }, g) => {
    const placed = total(shares[g] ?? []);
    if (placed >= (needed[g] ?? 0)) return;
    short++;
    const missing = replicas - (needed[g] ?? 0);
    faults.push(
      `${name} has ${placed} of ${replicas} replicas${missing > 0 ? `, and ${missing} said to be unplaced` : ''}`,
    );
  });
  const all = scene.groups.reduce((sum, g) => sum + g.replicas, 0);
  const kept = needed.reduce((sum, n) => sum + n, 0);
  const holding =
    kept === all
      ? `all ${counted(all, 'replica')} have a node`
      : `${counted(kept, 'replica')} of ${all} have a node, the rest is said to have none`;
  return [
    ...judged('coverage', faults, holding),
    ...(short > 0 ? [] : givenUp(problem, scene, answer, shares, needed)),
  ];
}

function strangeUnplaced({ groups, groupAt }: Scene, { unplaced }: AnswerFile): readonly string[] {
  return Object.entries(unplaced).flatMap(([name, n]) => {
    const g = groupAt.get(name);
    if (g === undefined) return [`the problem has no group ${name}, of which replicas are said to be unplaced`];
    if (!isCount(n)) return [`${n} is no number of unplaced replicas of ${name}`];
    const { replicas = 0 } = groups[g] ?? {};
    return n > replicas ? [`${n} replicas of ${name} are said to be unplaced, where it has ${replicas}`] : [];
  });
}

function statusFaults({ groups }: Scene, { status, unplaced, nodes, conflict }: AnswerFile): readonly string[] {
  const missing = Object.values(unplaced).reduce((sum, n) => sum + n, 0);
  const filled = nodes.some((n) => n.count > 0 && Object.values(n.replicas).some((each) => each > 0));
  const wanted = groups.some((g) => g.replicas > 0);
  switch (status) {
    case 'placed':
      return missing > 0 ? [`the status is placed, and ${missing} replicas are said to be unplaced`] : [];
    case 'partial':
      return [
        ...(missing > 0 ? [] : ['the status is partial, and no replica is said to be unplaced']),
        ...(filled || !wanted ? [] : ['the status is partial, and no replica has a node']),
      ];
    case 'infeasible':
      return [
        ...(missing > 0 ? [] : ['the status is infeasible, and no replica is said to be unplaced']),
        ...(filled ? ['the status is infeasible, and replicas have nodes'] : []),
        ...(conflict.length > 0 ? [] : ['the status is infeasible, and no conflict is named']),
      ];
    default:
      return status satisfies never;
  }
}

/** What is given up has no proof; but where one more replica plainly has a place, the answer is refuted. */
function givenUp(
  problem: ProblemFile,
  scene: Scene,
  answer: AnswerFile,
  shares: readonly Share[][],
  needed: readonly number[],
): readonly Finding[] {
  const without = scene.groups.flatMap((group, g) => (group.replicas > (needed[g] ?? 0) ? [g] : []));
  if (without.length === 0) return [];
  const counts = new Map<string, number>();
  for (const n of answer.nodes) counts.set(n.offering, (counts.get(n.offering) ?? 0) + n.count);
  const possible = without.flatMap((g) => {
    const o = cheapestByPlace(scene, g).find((at) =>
      fitsOneMore(problem, scene, answer, shares, needed, counts, g, at),
    );
    const { name } = scene.groups[g] ?? {};
    return o === undefined
      ? []
      : [`one more node of ${scene.offerings[o]?.id} with one replica of ${name} would break no rule`];
  });
  if (answer.status === 'infeasible' && possible.length > 0) return judged('coverage', possible, undefined);
  const names = without.map(
    (g) => `${(scene.groups[g]?.replicas ?? 0) - (needed[g] ?? 0)} of ${scene.groups[g]?.name}`,
  );
  const which = names.length > 5 ? `${names.slice(0, 5).join(', ')} and more` : names.join(', ');
  const text = `that replicas have no place (${which}) is the answer’s own word: no certificate proves it`;
  return [text, ...possible].map((note) => ({ verdict: 'note' as const, claim: 'coverage' as const, text: note }));
}

/** Rules ask where a replica is and how it is bought, and what the node costs: of each place the cheapest will do. */
function cheapestByPlace(scene: Scene, g: number): readonly number[] {
  const best = new Map<string, number>();
  const price = (o: number): number => scene.offerings[o]?.usdPerHour ?? Infinity;
  for (const o of usable(scene, g)) {
    const place = `${scene.zoneOf[o]}/${scene.offerings[o]?.purchase}`;
    if (price(o) < price(best.get(place) ?? -1)) best.set(place, o);
  }
  return [...best.values()];
}

function fitsOneMore(
  problem: ProblemFile,
  scene: Scene,
  answer: AnswerFile,
  shares: readonly Share[][],
  needed: readonly number[],
  counts: ReadonlyMap<string, number>,
  g: number,
  o: number,
): boolean {
  const group = scene.groups[g];
  const offering = scene.offerings[o];
  if (!group || !offering || (counts.get(offering.id) ?? 0) >= (offering.atMost ?? Infinity)) return false;
  const placed = [...(shares[g] ?? []), { o, replicas: 1 }];
  const replicas = (needed[g] ?? 0) + 1;
  if (spotFaults(scene, group, placed, replicas).length > 0 || zoneFaults(scene, g, placed).length > 0) return false;
  if (survivalFaults(scene, group, placed, replicas).length > 0) return false;
  const nodes = [...answer.nodes, { offering: offering.id, count: 1, replicas: { [group.name]: 1 } }];
  return vendorFaults(problem, billOf(scene, { nodes })).length === 0;
}
