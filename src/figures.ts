/**
 * Figures as people read them: thousands separated, signs that line up, a unit on each. The language is fixed, so that
 * the same plan reads the same on every machine.
 */
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const grouped = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const cents = grouped(2);
const tenThousandths = grouped(4);

/** Nodes, replicas. */
export const count = (n: number): string => (Number.isFinite(n) ? whole.format(n) : 'n/a');

/** `1 node`, `1,204 replicas` */
export const counted = (n: number, one: string, many: string = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** `$812.40/h`; under a dollar four digits, because node prices differ there. */
export const rate = (usd: number): string => (Number.isFinite(usd) ? `${amount(usd)}/h` : 'n/a');

/** `+$3.10/h`, `−$12.40/h`, `±$0.00/h` */
export const rateChange = (usd: number): string =>
  Number.isFinite(usd) ? `${sign(usd)}${amount(Math.abs(usd))}/h` : 'n/a';

/** `$593,052/month` */
export const monthly = (usd: number): string =>
  Number.isFinite(usd) ? `${minus(usd)}$${whole.format(Math.abs(usd))}/month` : 'n/a';

export const monthlyChange = (usd: number): string =>
  Number.isFinite(usd) ? `${sign(usd, 0.5)}$${whole.format(Math.abs(usd))}/month` : 'n/a';

/** `$0.3800`, `$1,203.10`, without the time it is for. */
export function amount(usd: number): string {
  const size = Math.abs(usd);
  const digits = size < 1 && size >= 5e-5 ? tenThousandths : cents;
  return `${minus(usd)}$${digits.format(size)}`;
}

/** `0.31%`, `18.4%`: two digits under ten. */
export function percent(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'n/a';
  const size = Math.abs(ratio * 100);
  return `${minus(ratio)}${size < 9.995 ? trimmed(size.toFixed(2)) : trimmed(size.toFixed(1))}%`;
}

/** Amounts of one column, with the same number of digits so that the points line up: four where all are under a dollar. */
export function aligned(usd: readonly number[], signed = false): readonly string[] {
  const known = usd.filter((n) => Number.isFinite(n));
  const digits = known.length > 0 && known.every((n) => Math.abs(n) < 1) ? tenThousandths : cents;
  const least = digits === cents ? 5e-3 : 5e-5;
  return usd.map((n) =>
    Number.isFinite(n) ? `${signed ? sign(n, least) : minus(n)}$${digits.format(Math.abs(n))}` : 'n/a',
  );
}

export const percentChange = (ratio: number): string =>
  Number.isFinite(ratio) ? `${sign(ratio, 5e-5)}${percent(Math.abs(ratio))}` : 'n/a';

const STEPS: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** A load to three digits: `24.1M`, `812k`, `37.5`. */
export function short(n: number): string {
  if (!Number.isFinite(n)) return 'n/a';
  for (const [size, letter] of STEPS) {
    if (Math.abs(n) >= size * 0.9995) return `${trimmed((n / size).toPrecision(3))}${letter}`;
  }
  return trimmed(Math.abs(n) < 1 ? n.toPrecision(2) : n.toPrecision(3));
}

/** `90s`, `15m`, `1h30m`, `2d4h`: the two largest parts that are not zero; from ten days on only the days. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'n/a';
  const parts: string[] = [];
  let rest = Math.round(Math.abs(seconds));
  for (const [size, letter] of [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ] as const) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) parts.push(`${n}${letter}`);
  }
  return parts.length === 0 ? '0s' : parts.slice(0, Math.abs(seconds) >= 864_000 ? 1 : 2).join('');
}

/** A few names and how many more there are: `gateway/eu, router/eu and 3 more`. */
export function named(names: readonly string[], most = 3): string {
  if (names.length <= most) return joined(names);
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

function joined(names: readonly string[]): string {
  const last = names[names.length - 1] ?? 'nothing';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

const minus = (n: number): string => (n < 0 ? '−' : '');
const sign = (n: number, least = 5e-5): string => (n >= least ? '+' : n <= -least ? '−' : '±');
const trimmed = (digits: string): string =>
  digits.includes('e') ? String(Number(digits)) : digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
