import { describe, expect, it } from 'vitest';
import { instanceOf } from '../../src/placement/instance.ts';
import { masterOf } from '../../src/placement/master.ts';
import { Pricer } from '../../src/placement/pricing.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { group, offering, problem } from './build.ts';

describe('what a node is worth', () => {
  it('is never less than nothing: an empty node counts where a rule pays for more than its price', async () => {
    const offerings = [offering(4, 16, 1), offering(4, 16, 1, { provider: 'gcp' })];
    const asked = problem([group('g', 4, 1, 4)], offerings, { vendorShareAtMost: new Map([['aws', 0.4]]) });
    const instance = instanceOf(asked, offerings);
    const master = masterOf(asked, instance, () => 1);
    // each dollar at gcp lets 40 cents more be spent at aws: at $4 a dollar a gcp node earns more than it costs
    const dual = Float64Array.from(master.rows, (row) => (row.name.startsWith('vendorShareAtMost/') ? -4 : 0));
    const { worth, nodeWorth } = new Pricer(instance, master, await loadHighs()).price(dual, master.nodeCost, 'exact');
    const gcp = offerings.findIndex((o) => o.provider === 'gcp');
    expect(nodeWorth[gcp]).toBeGreaterThan(master.nodeCost[gcp] ?? 0);
    expect(worth[gcp]).toBeGreaterThanOrEqual(0);
  });
});
