import type { History } from './history.ts';

/** Leads that are calibrated together: from the next step to the last, each block about twice as far as the one before. */
export interface LeadBlock {
  readonly from: number;
  readonly to: number;
}

/** Pairs of an origin and a target, in the order of origins. */
export interface Points {
  readonly count: number;
  readonly origins: Int32Array;
  readonly leads: Int32Array;
}

/** So many targets one after the other, as seen from one origin. */
export function pathFrom(origin: number, lead: number, count: number, step = 1): Points {
  return {
    count,
    origins: new Int32Array(count).fill(origin),
    leads: Int32Array.from({ length: count }, (_, i) => lead + i * step),
  };
}

const GROWTH = 2;

export function blocksUpTo(leads: number): readonly LeadBlock[] {
  const blocks: LeadBlock[] = [];
  for (let from = 1; from <= leads; from = (blocks.at(-1)?.to ?? 0) + 1) {
    blocks.push({
      from,
      to: Math.min(leads, Math.max(from, Math.ceil(from * GROWTH))),
    });
  }
  return blocks;
}

/** Leads tried within one block from one origin. */
const LEADS_AT_MOST = 8;
/** Origins over the whole past: what is dear to ask is asked once for all blocks. */
const ORIGINS_AT_MOST = 120;

/** Steps of the past: origins and targets lie in [first, end). */
export interface Span {
  readonly first: number;
  readonly end: number;
}

/** Where origins lie: every `stride` steps, before and after the step `anchor`. */
export interface Lattice {
  readonly anchor: number;
  readonly stride: number;
}

/** Origins spread evenly over the past, the same for every block. */
export function latticeOf({ seen, seasons }: History): Lattice {
  const day = Math.round(seasons.day ?? 1);
  return {
    anchor: seen.length - 1,
    stride: acrossTheDay(Math.ceil(seen.length / ORIGINS_AT_MOST), day),
  };
}

/**
 * Every origin of the lattice in the span with leads of the block, such that the target lies in the span as well and was
 * seen. The leads take turns, so that no hour of the day is tried with one lead alone.
 *
 * @param targets targets lie no earlier than this
 */
export function pointsFor(
  { seen }: History,
  { anchor, stride }: Lattice,
  block: LeadBlock,
  { first, end }: Span,
  targets = 0,
): Points {
  const leadStep = Math.ceil((block.to - block.from + 1) / LEADS_AT_MOST);
  const origins: number[] = [];
  const leads: number[] = [];
  for (let turn = Math.floor((anchor - first) / stride); anchor - turn * stride < end; turn--) {
    const t = anchor - turn * stride;
    const offset = ((turn % leadStep) + leadStep) % leadStep;
    for (let lead = block.from + offset; lead <= block.to && t + lead < end; lead += leadStep) {
      if (t + lead < targets || seen[t + lead] === 0) continue;
      origins.push(t);
      leads.push(lead);
    }
  }
  return {
    count: origins.length,
    origins: Int32Array.from(origins),
    leads: Int32Array.from(leads),
  };
}

/** The next stride that meets every hour of the day in turn. */
function acrossTheDay(stride: number, day: number): number {
  const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b));
  const first = Math.max(1, stride);
  for (let next = first; next < day; next++) if (common(next, day) === 1) return next;
  return first;
}
