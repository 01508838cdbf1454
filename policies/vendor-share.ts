import { percent, rate } from '../src/figures.ts';
import type { PlanFacts, Policy } from '../src/policy/policy.ts';
import { allow, broken, worstOf } from '../src/policy/rulings.ts';

/** Whole nodes seldom hit a share exactly: a tenth of a percentage point over it is taken for rounding. */
const TOLERANCE = 0.001;

/** No cloud takes more than its share of what the nodes cost at list price, so that what is discounted counts in full. */
export const vendorShare: Policy = {
  name: 'vendor-share',
  shadow: { rows: ['vendorShareAtMost'], per: 'percentage point', scale: (facts) => listTotal(facts) / 100 },
  judge(facts, { policies }) {
    if (policies.vendorShareAtMost.size === 0) return undefined;
    const total = listTotal(facts);
    const shares = [...policies.vendorShareAtMost].map(([provider, most]) => {
      const part = listTotal(facts, provider) / (total || 1);
      return {
        over: part - most,
        words: `${provider} has ${percent(part)} of ${rate(total)} list, at most ${percent(most)}`,
      };
    });
    shares.sort((a, b) => b.over - a.over);
    const over = shares.filter((s) => s.over > TOLERANCE + 1e-9).map((s) => s.words);
    return over.length > 0 ? broken(facts, worstOf(over)) : allow(shares.map((s) => s.words).join('; '));
  },
};

const listTotal = ({ placed }: PlanFacts, provider?: string): number =>
  placed
    .filter((fact) => provider === undefined || fact.provider === provider)
    .reduce((sum, fact) => sum + fact.nodes * fact.listUsdPerHour, 0);
