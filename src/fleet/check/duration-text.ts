import type { Seconds } from '../../units.ts';

/** As a person would write it in the fleet file: `1h30m`, `14d`, `250ms`. */
export function durationText(time: Seconds): string {
  if (time === 0) return '0s';
  let rest = Math.round(time * 1000);
  let text = '';
  for (const [unit, ms] of UNITS) {
    const whole = Math.floor(rest / ms);
    if (whole > 0) text += `${whole}${unit}`;
    rest -= whole * ms;
  }
  return text;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;
