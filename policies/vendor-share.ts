import { percent, rate } from '../src/figures.ts';
import type { PlanFacts, Policy } from '../src/policy/policy.ts';
import { ruled } from '../src/policy/rulings.ts';

/** Whole nodes seldom hit a share exactly: a tenth of a percentage point over it is taken for rounding. */
const TOLERANCE = 0.001;

/** No cloud takes more than its share of what the nodes cost at list price, so that what is discounted counts in full. */
export const vendorShare: Policy = {
  name: 'vendor-share',
  shadow: { rows: ['vendorShareAtMost'], per: 'percentage point', scale: (facts) => listTotal(facts) / 100 },
  judge(facts, { policies }) {
    if (policies.vendorShareAtMost.size === 0) return undefined;
    const total = listTotal(facts);
    const findings = [...policies.vendorShareAtMost].map(([provider, most]) => {
      const part = listTotal(facts, provider) / (total || 1);
      const words = `${provider} has ${percent(part)} of ${rate(total)} list, at most ${percent(most)}`;
      return { subject: `vendorShareAtMost/${provider}`, over: part - most - TOLERANCE - 1e-9, words };
    });
    return ruled(facts, findings, 'nearest to its cap', 'no cloud is capped');
  },
};

const listTotal = ({ placed }: PlanFacts, provider?: string): number =>
  placed
    .filter((fact) => provider === undefined || fact.provider === provider)
    .reduce((sum, fact) => sum + fact.nodes * fact.listUsdPerHour, 0);
