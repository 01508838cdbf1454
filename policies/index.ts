import type { Policy } from '../src/policy/policy.ts';
import { budget } from './budget.ts';
import { churnLimit } from './churn-limit.ts';
import { freshness } from './freshness.ts';
import { headroom } from './headroom.ts';
import { latency } from './latency.ts';
import { placement } from './placement.ts';
import { poolBounds } from './pool-bounds.ts';
import { priceSanity } from './price-sanity.ts';
import { residency } from './residency.ts';
import { spotLimit } from './spot-limit.ts';
import { spread } from './spread.ts';
import { surviveLoss } from './survive-loss.ts';
import { vendorShare } from './vendor-share.ts';

/** Every policy, safety first, then law, money and facts: the order in which they are read. */
export const POLICIES: readonly Policy[] = [
  placement,
  headroom,
  surviveLoss,
  spread,
  spotLimit,
  residency,
  latency,
  poolBounds,
  churnLimit,
  vendorShare,
  budget,
  priceSanity,
  freshness,
];
