import { AnswerRoom, askAt } from './ask.ts';
import { blendAt, orderOf } from './blend.ts';
import { type LeadBlock, pathFrom } from './blocks.ts';
import type { Calibration } from './calibrate.ts';
import type { Experts } from './experts.ts';
import { blockOf, followed, type LevelShift } from './level-shift.ts';

type Calibrated = LeadBlock & { readonly calibration: Calibration };

/** What the blend says, standing at the newest step, of each of so many leads; in logs. */
export function centresOf(
  experts: Experts,
  blocks: readonly Calibrated[],
  leads: number,
  shift?: LevelShift,
): Float64Array {
  const { history, logs } = experts;
  const now = logs.length - 1;
  const back = shift ? now - shift.before : 0;
  const today = askAt(experts, pathFrom(now, 1, leads), TODAY);
  const earlier = shift && askAt(experts, pathFrom(shift.before, 1 + back, leads), EARLIER);
  const centres = new Float64Array(leads);
  const mixes = mixesOf(blocks, leads);
  const orders = blocks.map(({ calibration }) => orderOf(calibration.weights));
  for (let lead = 1; lead <= leads; lead++) {
    const { near, far, share } = mixes[lead - 1] as Mix;
    // so far ahead others are to be believed than at this lead; the shift was measured against those
    const since = blockOf(blocks, lead + back);
    const then =
      earlier && since
        ? blendAt(experts, since.calibration, earlier, lead - 1, orders[blocks.indexOf(since)] ?? NOBODY)
        : 0;
    let centre = 0;
    for (const block of share === 0 ? [near] : [near, far]) {
      const calibration = blocks[block]?.calibration;
      if (!calibration) continue;
      const plain = blendAt(experts, calibration, today, lead - 1, orders[block] ?? NOBODY);
      const said = shift ? followed(history, shift, plain, then, lead, now) : plain;
      centre = block === near ? said : centre + share * (said - centre);
    }
    centres[lead - 1] = centre;
  }
  return centres;
}

const NOBODY = new Int32Array(0);
const TODAY = new AnswerRoom();
const EARLIER = new AnswerRoom();

/** The two blocks whose middles lie around a lead, and how far it is from the nearer to the further, in logs of leads. */
export interface Mix {
  readonly near: number;
  readonly far: number;
  readonly share: number;
}

/** Of each lead up to the furthest. */
export function mixesOf(blocks: readonly LeadBlock[], leads: number): readonly Mix[] {
  const middles = blocks.map(({ from, to }) => Math.sqrt(from * to));
  const mixes: Mix[] = [];
  let after = 0;
  for (let lead = 1; lead <= leads; lead++) {
    while (after < middles.length && (middles[after] as number) <= lead) after++;
    if (after === 0 || after === middles.length) {
      const only = Math.max(0, after - 1);
      mixes.push({ near: only, far: only, share: 0 });
      continue;
    }
    const [low, high] = [middles[after - 1] as number, middles[after] as number];
    mixes.push({ near: after - 1, far: after, share: Math.log(lead / low) / Math.log(high / low) });
  }
  return mixes;
}
