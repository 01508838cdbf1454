import { isoOf, type Instant, type Seconds } from '../../units.ts';

/** How the times of a file are written. What is predicted for them is written alike, so that both can be joined. */
export type TimeStyle =
  | {
      readonly kind: 'iso';
      readonly separator: 'T' | ' ';
      readonly seconds: boolean;
      /** `Z`, `+08:00` or nothing, as it stood there */
      readonly zone: string;
      readonly offsetMs: number;
    }
  | { readonly kind: 'unix-seconds' | 'unix-milliseconds' | 'seconds' }
  | { readonly kind: 'steps'; readonly step: Seconds };

/** What a time cell looks like, before it is known what small numbers count. */
export type TimeKind = 'iso' | 'unix-seconds' | 'unix-milliseconds' | 'number';

/** The borders are those of `parseTime`: they lie in 1973 and 5138. */
export function kindOf(text: string): TimeKind {
  if (text.includes(':') || text.indexOf('-') > 0) return 'iso';
  const n = Number(text);
  return n < 1e8 ? 'number' : n < 1e11 ? 'unix-seconds' : 'unix-milliseconds';
}

export const KIND_WORDS: Readonly<Record<TimeKind, string>> = {
  iso: 'an ISO time',
  'unix-seconds': 'Unix seconds',
  'unix-milliseconds': 'Unix milliseconds',
  number: 'a small number',
};

const ISO_PARTS = /^\d{4}-\d\d-\d\d([T ])\d\d:\d\d(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i;

/** The style of one ISO time; a bare date is its midnight. */
export function isoStyleOf(text: string): TimeStyle {
  const [, separator, seconds, zone = ''] = ISO_PARTS.exec(text) ?? [];
  const sign = zone.startsWith('-') ? -1 : 1;
  const offset = zone.length > 1 ? sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000 : 0;
  return {
    kind: 'iso',
    separator: separator === ' ' ? ' ' : 'T',
    seconds: seconds !== undefined,
    zone,
    offsetMs: offset,
  };
}

/** A time as the file would have written it; a number where it wrote numbers. */
export function written(time: Instant, style: TimeStyle): string | number {
  switch (style.kind) {
    case 'iso':
      return isoWritten(time, style);
    case 'unix-seconds':
    case 'seconds':
      return time / 1000;
    case 'unix-milliseconds':
      return time;
    case 'steps':
      return Math.round(time / 1000 / style.step);
    default:
      return style satisfies never;
  }
}

function isoWritten(time: Instant, { separator, seconds, zone, offsetMs }: TimeStyle & { kind: 'iso' }): string {
  const local = isoOf((time + offsetMs) as Instant).replace(/Z$/, '');
  const whole = !seconds && local.endsWith(':00') ? local.slice(0, -3) : local;
  return `${whole.replace('T', separator)}${zone}`;
}

/** The same for a person; a time without a zone is taken for UTC, and it is said so. */
export function told(time: Instant, style: TimeStyle): string {
  const text = written(time, style);
  switch (style.kind) {
    case 'iso':
      return `${String(text).slice(0, 16).replace('T', ' ')} ${/^(?:z?|[+-]00:?00)$/i.test(style.zone) ? 'UTC' : style.zone}`;
    case 'steps':
      return `step ${text}`;
    case 'seconds':
      return `${text} s`;
    case 'unix-seconds':
    case 'unix-milliseconds':
      return `${isoOf(time).slice(0, 16).replace('T', ' ')} UTC`;
    default:
      return style satisfies never;
  }
}
