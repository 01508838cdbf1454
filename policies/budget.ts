import { monthly, rate } from '../src/figures.ts';
import type { Policy } from '../src/policy/policy.ts';
import { allow } from '../src/policy/rulings.ts';
import { usdPerMonth } from '../src/units.ts';

/**
 * What the fleet pays when the steps are done stays within its budget. Above it the fleet's own word decides what goes
 * first: `hold` puts the load before the money (growth for load goes ahead, the rest waits for approval), `stop` puts
 * the money before the load.
 */
export const budget: Policy = {
  name: 'budget',
  judge({ usdPerHourAfter: after, usdPerHourBefore: before }, { policies }) {
    const { budget: stated } = policies;
    if (!stated) return undefined;
    const month = usdPerMonth(after);
    const limits = [
      ...(stated.usdPerHour === undefined
        ? []
        : [
            {
              over: after > stated.usdPerHour,
              now: rate(before),
              words: `${rate(after)}, at most ${rate(stated.usdPerHour)}`,
            },
          ]),
      ...(stated.usdPerMonth === undefined
        ? []
        : [
            {
              over: month > stated.usdPerMonth,
              now: monthly(usdPerMonth(before)),
              words: `${monthly(month)}, at most ${monthly(stated.usdPerMonth)}`,
            },
          ]),
    ];
    const trend = (now: string): string => (after < before ? ` (less than the ${now} of now)` : '');
    const over = limits.filter((limit) => limit.over).map((limit) => `${limit.words}${trend(limit.now)}`);
    if (over.length === 0) return allow(limits.map((limit) => limit.words).join('; '));
    const first = stated.over === 'hold' ? 'load goes first and may still grow' : 'the budget goes before the load';
    return { verdict: stated.over, reason: `${over.join('; ')}; ${first}` };
  },
};
