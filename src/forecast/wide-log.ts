/**
 * Patterns are looked for in ln(load + offset), errors are measured in ln(load + wide): x → ln(max(0, eˣ − offset) + wide).
 * It is asked some hundred thousand times for one series, so it is read from a table: with c = wide − offset it is
 * ln c + s(x − ln c), where s(u) = ln(1 + eᵘ) is the same function for every series.
 */
export interface Widening {
  /** load is naught up to here … */
  readonly floor: number;
  /** … and this comes out */
  readonly least: number;
  /** ln c */
  readonly shift: number;
}

/** @param wide above `offset` */
export function wideningOf(offset: number, wide: number): Widening {
  return { floor: Math.log(offset), least: Math.log(wide), shift: Math.log(wide - offset) };
}

/** The table's span: below it s is worked out, above it u itself is within 1e-14 of s. */
const FROM = -4;
const TO = 32;
const EACH = 128;
/** Of each node s and its slope over one piece, between which cubics run (Hermite's): off by 2e-12 at most. */
const NODES = Float64Array.from({ length: 2 * ((TO - FROM) * EACH + 1) }, (_, i) => {
  const u = FROM + (i >> 1) / EACH;
  return i % 2 === 0 ? Math.log1p(Math.exp(u)) : 1 / (1 + Math.exp(-u)) / EACH;
});

/** The measure of errors, of a load that is told in that of patterns; NaN stays NaN. */
export function wideLog({ floor, least, shift }: Widening, log: number): number {
  if (log <= floor) return least;
  const u = log - shift;
  if (!(u >= FROM && u < TO)) return u >= TO ? log : shift + Math.log1p(Math.exp(u));
  const place = (u - FROM) * EACH;
  const node = Math.trunc(place);
  const r = place - node;
  const at = 2 * node;
  const s0 = NODES[at] as number;
  const d0 = NODES[at + 1] as number;
  const rise = (NODES[at + 2] as number) - s0;
  const d1 = NODES[at + 3] as number;
  return shift + s0 + r * (d0 + r * (3 * rise - 2 * d0 - d1 + r * (d0 + d1 - 2 * rise)));
}
