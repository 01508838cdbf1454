import { fit, type FitOptions } from '../../src/forecast/fit.ts';
import { predict } from '../../src/forecast/predict.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds } from '../../src/units.ts';
import type { Asked, Claim } from './asked.ts';
import { syntheticLoad } from './synthetic.ts';
import { plainLine } from './table.ts';

const STEP_S = 300;
const PER_HOUR = 3600 / STEP_S;
const DAYS = 36;
const TIMES = 1.5;
const HORIZON = seconds(6 * 3600);
const SEEDS = [1, 2, 3, 4, 5, 6];
/** Hours of the day at which the level changes. */
const AT_HOURS = [4, 13];
const AFTER_HOURS = [1, 3, 6, 12, 24];
const JUDGED_H = 6;
const WORSE_AT_MOST = 1.2;

interface Row {
  readonly what: string;
  readonly hoursAfter: number;
  /** MAE over the next six hours, over 1.5 times that of the same series without the change */
  readonly overNormal: number;
}

/**
 * Load that is one and a half times what it was from one step to the next, and stays so: a market moved over, say. The
 * same series without the change, forecast from the same origins, says what is normal.
 */
export function levelShift(
  asked: Asked,
  options: FitOptions,
): { readonly rows: readonly Row[]; readonly claims: Claim[] } {
  asked.say('');
  asked.say(plainLine('level × 1.5 from one step to the next', ['MAE/normal']));
  const rows = AFTER_HOURS.map((hoursAfter): Row => {
    let [shifted, normal] = [0, 0];
    for (const seed of SEEDS) {
      const plain = syntheticLoad(seed, { days: DAYS, stepS: STEP_S });
      for (const hour of AT_HOURS) {
        const at = ((DAYS - 4) * 24 + hour + seed * 7) * PER_HOUR; // other weekdays and hours by seed
        const moved = { ...plain, values: plain.values.map((v, i) => (i >= at ? TIMES * v : v)) };
        const origin = at + hoursAfter * PER_HOUR - 1;
        shifted += maeFrom(moved, origin, options) / mean(plain.values) / TIMES;
        normal += maeFrom(plain, origin, options) / mean(plain.values);
      }
    }
    return { what: `${hoursAfter} h after`, hoursAfter, overNormal: shifted / normal };
  });
  for (const { what, overNormal } of rows) asked.say(plainLine(what, [overNormal.toFixed(3)]));
  const judged = rows.find((row) => row.hoursAfter === JUDGED_H)?.overNormal ?? Number.NaN;
  return {
    rows,
    claims: [
      {
        what: `${JUDGED_H} hours after the level became 1.5 times what it was: error over the normal one`,
        wanted: `≤ ${WORSE_AT_MOST}`,
        figure: judged.toFixed(3),
        met: judged <= WORSE_AT_MOST,
      },
    ],
  };
}

function maeFrom(signal: ObservedSignal, origin: number, options: FitOptions): number {
  const until = instant(signal.start + origin * STEP_S * 1000);
  const past = { ...signal, values: signal.values.subarray(0, origin + 1) };
  const said =
    predict(fit(past, { ...options, until, horizon: HORIZON }), HORIZON, [0.5]).paths[0] ?? new Float64Array(0);
  return mean(said.map((v, h) => Math.abs(v - (signal.values[origin + 1 + h] as number))));
}

const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
