import { counted } from '../src/figures.ts';
import type { Policy } from '../src/policy/policy.ts';
import { allow, hold, stop } from '../src/policy/rulings.ts';

/**
 * One cycle moves no more nodes than the fleet allows, whatever they are for: a wild forecast may not buy a cloud.
 * When the limit keeps growth that the load or a rule of safety needs, the plan holds and says so: what may start does,
 * and a person learns of it.
 */
export const churnLimit: Policy = {
  name: 'churn-limit',
  judge({ starts, drains, waiting }, { policies }) {
    const { startsPerCycle, drainsPerCycle } = policies.churn;
    if (startsPerCycle === undefined && drainsPerCycle === undefined) return undefined;
    const words = [
      `${counted(starts, 'start')}${startsPerCycle === undefined ? '' : `, at most ${startsPerCycle}`}`,
      `${counted(drains, 'drain')}${drainsPerCycle === undefined ? '' : `, at most ${drainsPerCycle}`}`,
    ].join('; ');
    if (starts > (startsPerCycle ?? Infinity) || drains > (drainsPerCycle ?? Infinity)) return stop(words);
    if (waiting.startsForLoad === 0) return allow(words);
    return hold(
      `${words}; ${counted(waiting.startsForLoad, 'more start')} needed for load or safety must wait for the next cycle`,
    );
  },
};
