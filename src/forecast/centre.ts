import { blendAsked, type Calibration } from './calibrate.ts';
import type { LeadBlock } from './blocks.ts';
import { askExperts, type Experts } from './experts.ts';
import { blockOf, followed, type LevelShift } from './level-shift.ts';

type Calibrated = LeadBlock & { readonly calibration: Calibration };

/** What the blend says, standing at the newest step, of each of so many leads; in logs. */
export function centresOf(
  experts: Experts,
  blocks: readonly Calibrated[],
  leads: number,
  shift?: LevelShift,
): Float64Array {
  const { history, families, kinds, logs } = experts;
  const now = logs.length - 1;
  const today = new Float64Array(families.length);
  const earlier = new Float64Array(families.length);
  const still = new Float64Array(2 * kinds.length);
  const centres = new Float64Array(leads);
  for (let lead = 1; lead <= centres.length; lead++) {
    const { near, far, share } = between(blocks, lead);
    askExperts(experts, still, now, lead, today);
    const back = shift ? now - shift.before : 0;
    if (shift) askExperts(experts, still, shift.before, lead + back, earlier);
    // so far ahead others are to be believed than at this lead; the shift was measured against those
    const since = blockOf(blocks, lead + back);
    const then = shift && since ? blendAsked(experts, since.calibration, shift.before, lead + back, earlier) : 0;
    const centreOf = (b: number): number => {
      const calibration = blocks[b]?.calibration;
      if (!calibration) return 0;
      const said = blendAsked(experts, calibration, now, lead, today);
      if (!shift) return said;
      return followed(history, shift, said, then, lead, now);
    };
    const a = centreOf(near);
    centres[lead - 1] = share === 0 ? a : a + share * (centreOf(far) - a);
  }
  return centres;
}

/** The two blocks whose middles lie around a lead, and how far it is from the nearer to the further, in logs of leads. */
export function between(blocks: readonly LeadBlock[], lead: number): { near: number; far: number; share: number } {
  const middle = (b: number): number => Math.sqrt((blocks[b]?.from ?? 1) * (blocks[b]?.to ?? 1));
  const after = blocks.findIndex((_, b) => middle(b) > lead);
  if (after <= 0) {
    const only = after === 0 ? 0 : blocks.length - 1;
    return { near: only, far: only, share: 0 };
  }
  const share = Math.log(lead / middle(after - 1)) / Math.log(middle(after) / middle(after - 1));
  return { near: after - 1, far: after, share };
}
