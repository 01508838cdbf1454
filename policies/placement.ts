import type { Policy } from '../src/policy/policy.ts';
import { stop, worstOf } from '../src/policy/rulings.ts';

/** Where no placement keeps every rule, nothing is carried out and the rules that clash are named. */
export const placement: Policy = {
  name: 'placement',
  judge({ status, conflict }) {
    if (status !== 'infeasible') return undefined;
    return stop(`no placement keeps every rule: ${worstOf(conflict) || 'the demand fits nowhere'}`);
  },
};
