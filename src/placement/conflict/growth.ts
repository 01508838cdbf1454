import { type Clash, clashIn } from './clash.ts';
import { Inquiry, type Means } from './inquiry.ts';
import type { Options } from './options.ts';
import type { Terms } from './rules.ts';
import { sceneOf } from './scene.ts';

/** Where the rules would clash first if there were more replicas of every group. */
export interface Nearest {
  /** 0.013: 1.3% more replicas and the rules clash */
  readonly growth: number;
  readonly clash: Clash;
}

const STEP = 0.001;
const STEPS = 1000;

/**
 * What is nearest to clashing where nothing does as long as nodes are filled in fractions: whole nodes fail there
 * first. Undefined when twice the replicas would have room as well.
 */
export function nearestClash(options: Options, terms: Terms, means: Means): Nearest | undefined {
  const grown = (steps: number): Terms => ({
    ...terms,
    replicas: terms.replicas.map((n) => Math.ceil(n * (1 + steps * STEP) - 1e-9)),
  });
  const there = [...options.groups.keys()].filter((g) => (terms.replicas[g] as number) > 0);
  const scene = sceneOf(options, grown(STEPS), there, terms.vendorShareAtMost.size > 0);
  const inquiry = new Inquiry(scene, means);
  if (!inquiry.clashes(grown(STEPS))) return undefined;
  let no = 0;
  let yes = STEPS;
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (inquiry.clashes(grown(middle))) yes = middle;
    else no = middle;
  }
  const clash = clashIn(inquiry, grown(yes));
  return clash && { growth: yes * STEP, clash };
}
