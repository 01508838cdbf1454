/** Spellings of "no value" in exports of spreadsheets, databases, R, pandas and Prometheus. */
const NO_VALUE = new Set(['', 'nan', 'null', 'nil', 'none', 'na', 'n/a', '#n/a', '-', 'stale']);
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * A plain decimal number; NaN for one of the spellings of "no value"; undefined when it is neither, or too large to
 * be finite. Hexadecimal, thousands separators and decimal commas are not numbers here: a guess would be silent.
 */
export function parseNumber(text: string): number | undefined {
  const plain = plainDecimal(text);
  if (plain !== undefined) return plain;
  if (DECIMAL.test(text)) {
    const n = Number(text);
    return Number.isFinite(n) ? n : undefined;
  }
  return NO_VALUE.has(text.toLowerCase()) ? Number.NaN : undefined;
}

const POWER_OF_TEN = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));

/**
 * Digits with at most one point, at most 15 of them, read directly: both the digits and the power of ten are exact in
 * a float, so their quotient is rounded once and equals what Number() gives (Clinger 1990).
 */
function plainDecimal(text: string): number | undefined {
  if (text.length > 16) return undefined;
  let digits = 0;
  let seen = 0;
  let point = -1;
  for (let i = 0; i < text.length; i++) {
    const d = text.charCodeAt(i) - 48;
    if (d >= 0 && d <= 9) {
      digits = digits * 10 + d;
      seen++;
    } else if (d === -2 && point < 0) point = i;
    else return undefined;
  }
  if (seen === 0 || seen > 15) return undefined;
  return point < 0 ? digits : digits / (POWER_OF_TEN[text.length - 1 - point] ?? Number.NaN);
}
