import { counted } from '../src/figures.ts';
import type { PoolFact, Policy } from '../src/policy/policy.ts';
import { allow, stop, worstOf } from '../src/policy/rulings.ts';

/** No step takes a pool over its maximum or under its minimum. A pool that is outside already may come nearer. */
export const poolBounds: Policy = {
  name: 'pool-bounds',
  judge({ pools }) {
    const outside = pools.filter((p) => (p.to > p.max && p.to > p.from) || (p.to < p.min && p.to < p.from));
    if (outside.length === 0)
      return allow(`${counted(pools.length, 'pool')} within ${pools.length === 1 ? 'its' : 'their'} sizes`);
    return stop(worstOf(outside.map(words)));
  },
};

const words = ({ name, from, to, min, max }: PoolFact): string =>
  `${name} would go from ${from} to ${to} nodes and may have ${min} to ${max}`;
