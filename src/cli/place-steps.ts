import { count, counted } from '../figures.ts';
import type { Placement } from '../placement/placement.ts';
import type { Problem } from '../placement/problem.ts';
import { roadTo } from '../placement/road/road.ts';
import { renderRoad } from '../placement/road/words.ts';
import type { ListSection } from '../plan/render/view.ts';

/**
 * The steps from the nodes that run to those of the placement; undefined where nothing runs, or nothing has a place.
 *
 * @param most lines that are shown
 */
export function stepSection(problem: Problem, placement: Placement, most: number): ListSection | undefined {
  if (problem.running.length === 0 || placement.status === 'infeasible') return undefined;
  const road = roadTo(problem, placement);
  if (!road.ok) return { kind: 'list', title: 'No steps lead there', items: cut(road.why, most) };
  if (road.moves.length === 0) return { kind: 'list', title: 'Steps', items: ['none: what runs is what is wanted'] };
  const extra = road.surge > 0 ? `, ${counted(road.surge, 'extra node')} at most at once` : '';
  const assumed = `what ${counted(road.assumed, 'running node')} ${road.assumed === 1 ? 'holds' : 'hold'} is not known: taken to be what is wanted`;
  return {
    kind: 'list',
    title: 'Steps',
    items: [
      `${counted(road.launches, 'node')} to open, ${counted(road.moved, 'replica')} to move${extra}; no group falls below what it needs`,
      ...(road.assumed > 0 ? [assumed] : []),
      ...cut(renderRoad(road.moves), most),
    ],
  };
}

const cut = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most), `… ${count(lines.length - most)} more: --full`];
