import { parseDuration } from '../../quantity.ts';
import { bad, good, type Checked, type Trouble } from '../../trouble.ts';
import { seconds, type Seconds } from '../../units.ts';

/** Options as typed on the command line. */
export interface Typed {
  readonly horizon: string;
  readonly step?: string;
  readonly season?: string;
  readonly quantiles: string;
  readonly backtest?: string;
  readonly limit?: string;
  readonly series: readonly string[];
}

/** A count of steps, or a time that is as many steps as the step makes of it. */
export type Length = { readonly steps: number } | { readonly seconds: Seconds };

export interface ForecastOptions {
  readonly horizon: Length;
  readonly step?: Seconds;
  readonly seasons: readonly Length[];
  /** ascending, each once */
  readonly quantiles: readonly number[];
  /** rolling origins; 0 = no backtest */
  readonly origins: number;
  readonly limit: number;
  /** ids; none = all */
  readonly only: readonly string[];
}

export const LEAST_QUANTILE = 0.01;
export const MOST_QUANTILE = 0.999;
const MOST_QUANTILES = 50;
export const LONGEST_HORIZON = seconds(7 * 86_400);
const MOST_ORIGINS = 100;

export function optionsFrom(typed: Typed): Checked<ForecastOptions> {
  const troubles: Trouble[] = [];
  const refused = (at: string, value: string, problem: string, remedy: string): undefined =>
    void troubles.push({ file: 'command line', at, value: value === '' ? 'empty' : value, problem, remedy });
  const step = stepFrom(typed.step, refused);
  const options: ForecastOptions = {
    horizon: horizonFrom(typed.horizon, refused),
    ...(step !== undefined && { step }),
    seasons: seasonsFrom(typed.season, refused),
    quantiles: quantilesFrom(typed.quantiles, refused),
    origins: countFrom('--backtest', typed.backtest, MOST_ORIGINS, refused) ?? 0,
    limit: countFrom('--limit', typed.limit, 1e9, refused) ?? Infinity,
    only: typed.series,
  };
  return troubles.length > 0 ? bad(...troubles) : good(options);
}

type Refuse = (at: string, value: string, problem: string, remedy: string) => undefined;

const WHOLE = /^[1-9]\d{0,8}$/;

function lengthOf(text: string): Length | undefined {
  if (WHOLE.test(text)) return { steps: Number(text) };
  const time = parseDuration(text);
  return time !== undefined && time > 0 ? { seconds: time } : undefined;
}

function horizonFrom(text: string, refuse: Refuse): Length {
  const length = lengthOf(text.trim());
  if (!length)
    refuse('--horizon', text, 'it is no number of steps and no time', 'write steps like 48, or a time like 48h or 7d');
  return length ?? { steps: 1 };
}

function stepFrom(text: string | undefined, refuse: Refuse): Seconds | undefined {
  if (text === undefined) return undefined;
  const step = parseDuration(text);
  if (step !== undefined && step >= 1 && Number.isInteger(step)) return step;
  return refuse('--step', text, 'it is no time', 'write a number with its unit, like 5m or 1h');
}

function seasonsFrom(text: string | undefined, refuse: Refuse): readonly Length[] {
  if (text === undefined) return [];
  return text.split(',').flatMap((part) => {
    const length = lengthOf(part.trim());
    if (!length)
      refuse('--season', part, 'it is no length of a season', 'write steps like 24,168 or times like 24h,7d');
    return length ?? [];
  });
}

function quantilesFrom(text: string, refuse: Refuse): readonly number[] {
  const parts = text.split(',').map((part) => part.trim());
  const known = parts.flatMap((part) => {
    const q = /^(?:0?\.\d+|[01]|1\.0*)$/.test(part) ? Number(part) : Number.NaN;
    if (q >= LEAST_QUANTILE && q <= MOST_QUANTILE) return q;
    const percent = Number(part.replace(/^[pP]|%$/, ''));
    const instead =
      percent >= 1 && percent <= 99.9 ? ` write ${percent / 100} for ${percent}%` : ' write them like 0.5,0.9,0.99';
    const range = `from ${LEAST_QUANTILE} to ${MOST_QUANTILE};`;
    return (
      refuse(
        '--quantiles',
        part,
        Number.isNaN(q) ? 'it is no quantile' : 'it is outside of what can be told',
        `they are ${range}${instead}`,
      ) ?? []
    );
  });
  const asked = [...new Set(known)].toSorted((a, b) => a - b);
  if (asked.length > MOST_QUANTILES) refuse('--quantiles', text, `more than ${MOST_QUANTILES}`, 'ask for fewer');
  return asked;
}

function countFrom(at: string, text: string | undefined, most: number, refuse: Refuse): number | undefined {
  if (text === undefined) return undefined;
  if (WHOLE.test(text) && Number(text) <= most) return Number(text);
  return refuse(
    at,
    text,
    'it is no whole number that can be had',
    most < 1e9 ? `write one from 1 to ${most}` : 'write one from 1 on',
  );
}

/** A length in whole steps, at least one. */
export const stepsOf = (length: Length, step: Seconds): number =>
  'steps' in length ? length.steps : Math.max(1, Math.ceil(length.seconds / step));
