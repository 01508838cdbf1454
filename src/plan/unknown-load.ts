import type { GroupDemand } from '../demand/demand.ts';
import { counted } from '../figures.ts';

/** Groups whose size rests on no fresh load. What the fleet costs at its cheapest is not known while there are any. */
export const heldGroups = (demand: readonly Pick<GroupDemand, 'name' | 'setBy'>[]): readonly string[] =>
  demand.filter(({ setBy }) => setBy === 'hold').map(({ name }) => name);

/**
 * Groups of which there is not even an old load to forecast from. Their minimum is no sign that they need more than
 * what runs, so what they are placed on is not growth for load.
 */
export const unseenGroups = (demand: readonly Pick<GroupDemand, 'name' | 'setBy' | 'load'>[]): ReadonlySet<string> =>
  new Set(demand.filter(({ setBy, load }) => setBy === 'hold' && Number.isNaN(load)).map(({ name }) => name));

/** `load of 2 groups is not known: nothing shrinks, no goal is given`; where other groups' nodes do drain, it says less */
export function noGoalText(groups: readonly string[], drains: number): string {
  const shrinks =
    drains === 0 ? 'nothing shrinks' : `nothing ${groups.length === 1 ? 'it' : 'they'} may run on shrinks`;
  return `load of ${counted(groups.length, 'group')} is not known: ${shrinks}, no goal is given`;
}
