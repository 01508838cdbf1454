import type { LinearAnswer } from '../ports.ts';
import type { ColumnModel } from './columns.ts';
import { type Bound, scaledBound, signedDuals } from './dual.ts';
import { RELAXED_BY } from './limit.ts';
import type { Parts } from './parted.ts';
import type { Pricing } from './pricing.ts';
import { resourcePrices } from './resource-prices.ts';
import { evened } from './symmetry.ts';

/** Relaxation and bound this near to each other are one. */
const CLOSED = 1e-4;
/** The objective is at rest when so many rounds have moved it by less than this share. */
const STILL_ROUNDS = 3;
const STILL = 3e-4;
/** How far duals are drawn towards the best seen so far. */
const SMOOTHING = 0.4;

/**
 * Solves and prices until no column is worth adding, the objective has all but come to rest, or for so many rounds.
 *
 * Prices are asked at duals smoothed towards the best seen so far (Wentges, 1997): the duals of early rounds swing
 * wildly, and columns made for them are never used. A round that finds nothing there asks again at the real ones.
 */
export function converge(model: ColumnModel, rounds: number): LinearAnswer {
  const objectives: number[] = [];
  let centre = priceByResources(model, 'quick');
  let how: 'sketch' | 'quick' = model.hasTwins ? 'sketch' : 'quick';
  for (let round = 0; ; round++) {
    const answer = model.solve();
    if (answer.status !== 'optimal' || round >= rounds || model.limit.expired?.(RELAXED_BY)) return answer;
    const even = evened(model.master.rows, answer.dual);
    objectives.push(answer.objective);
    const before = objectives.at(-1 - STILL_ROUNDS);
    const still = before !== undefined && before - answer.objective < STILL * Math.abs(answer.objective);
    const closed = centre && answer.objective - centre.usdPerHour < CLOSED * Math.abs(answer.objective);
    if (!still && !closed) {
      if (centre) {
        const smooth = smoothed(centre.dual, even);
        const pricing = model.price(smooth, how);
        centre = better(model, centre, smooth, pricing);
        if (model.add(pricing.fresh) > 0) continue;
      }
      const pricing = model.price(even, how);
      centre = better(model, centre, even, pricing);
      if (model.add(pricing.fresh) > 0) continue;
    }
    if (how === 'quick') return answer;
    how = 'quick';
    centre = undefined;
    objectives.length = 0;
  }
}

/** Rounds of {@link prove}, and those after which it ends where they have gained less than this share of the gap. */
const PROOF_ROUNDS = 60;
const IDLE_ROUNDS = 6;
const GAINED = 0.15;
/** While the bound is further off than this, nodes are then looked at so many times harder: {@link HARDER} once for each. */
const WIDE = [3.5e-3, 1e-2];
const HARDER = 4;
/** A bound this near to the relaxation is near enough: what whole nodes cost above it is more. */
const PROVED = 2.5e-3;

/**
 * The best bound that duals of the model prove. Nodes are looked at as closely as can be; one whose best filling
 * stays unknown joins the relaxation with a filling in parts, which no whole one can better: so it loosens the bound
 * by what it would be used, instead of scaling all duals down by what it might be worth.
 *
 * Columns found on the way stay; the fillings in parts do not.
 */
export function prove(model: ColumnModel): Bound {
  let best: Bound | undefined = priceByResources(model, 'exact');
  let gaps: number[] = [];
  let harder = 0;
  /** the relaxation without fillings in parts, as last seen */
  let whole = Infinity;
  for (let round = 0; round < PROOF_ROUNDS; round++) {
    const answer = model.solve();
    if (answer.status !== 'optimal') break;
    const even = evened(model.master.rows, answer.dual);
    let found = 0;
    let parts: readonly Parts[] = [];
    for (const dual of best ? [smoothed(best.dual, even), even] : [even]) {
      const signed = signedDuals(model.master, dual);
      const pricing = model.price(signed, 'exact', HARDER ** harder);
      best = better(model, best, signed, pricing);
      found = model.add(pricing.fresh) + pricing.parts.length;
      parts = pricing.parts;
      if (found > 0) break;
    }
    const gap = 1 - (best?.usdPerHour ?? 0) / Math.max(answer.objective, 1e-9);
    if (!model.hasParts) whole = answer.objective;
    model.addParts(parts);
    const off = 1 - (best?.usdPerHour ?? 0) / Math.max(whole, 1e-9);
    gaps.push(gap);
    if (off < PROVED || model.limit.expired?.(RELAXED_BY)) break;
    const before = gaps.at(-1 - IDLE_ROUNDS);
    const gains = before === undefined || before - gap > GAINED * before;
    if (found > 0 && gap >= PROVED && gains) continue;
    if (off < (WIDE[harder] ?? Infinity)) break;
    harder++;
    gaps = [];
    // a closer look may tell what parts stood in for
    model.withoutParts();
  }
  model.withoutParts();
  return best ?? { usdPerHour: 0, dual: new Float64Array(model.master.rows.length) };
}

/**
 * Duals to start from: every resource has one price everywhere, the dearest at which no node holds more than it
 * costs. Far nearer to the truth than the duals of the first few columns.
 */
function priceByResources(model: ColumnModel, how: 'quick' | 'exact'): Bound | undefined {
  const prices = resourcePrices(model.instance, model.nodePrice, model.solver);
  if (!prices) return undefined;
  const { groups, need, resources } = model.instance;
  const dual = new Float64Array(model.master.rows.length);
  groups.forEach((group, g) => {
    const row = model.master.rows.findIndex((r) => r.name === `group/${group.name}`);
    for (let r = 0; r < resources; r++) {
      dual[row] = (dual[row] ?? 0) + (prices[r] ?? 0) * (need[g * resources + r] ?? 0);
    }
  });
  return better(model, undefined, dual, model.price(dual, how));
}

/** The better one of a bound and what these duals prove: the duals as they are, the bound by what they come to. */
function better(model: ColumnModel, known: Bound | undefined, dual: Float64Array, pricing: Pricing): Bound {
  const bound = scaledBound(model.master, model.nodePrice, signedDuals(model.master, dual), pricing);
  return known && known.usdPerHour >= bound.usdPerHour ? known : bound;
}

function smoothed(centre: Float64Array, dual: Float64Array): Float64Array {
  return dual.map((y, i) => SMOOTHING * (centre[i] ?? 0) + (1 - SMOOTHING) * y);
}
