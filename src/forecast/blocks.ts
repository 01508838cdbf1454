import type { Points } from './experts.ts';
import type { History } from './history.ts';

/** Leads that are calibrated together: from the next step to the last, each block about twice as far as the one before. */
export interface LeadBlock {
  readonly from: number;
  readonly to: number;
}

const GROWTH = 2;

export function blocksUpTo(leads: number): readonly LeadBlock[] {
  const blocks: LeadBlock[] = [];
  for (let from = 1; from <= leads; from = (blocks.at(-1)?.to ?? 0) + 1) {
    blocks.push({ from, to: Math.min(leads, Math.max(from, Math.ceil(from * GROWTH))) });
  }
  return blocks;
}

/** Leads tried within one block. */
const LEADS_AT_MOST = 8;

/** Steps of the past: origins and targets lie in [first, end). */
export interface Span {
  readonly first: number;
  readonly end: number;
}

/**
 * Origins spread evenly over the span with leads of the block, such that the target lies in it and was seen. The
 * leads take turns, so that no hour of the day is tried with one lead alone. There are about `most` points at most.
 */
export function pointsFor({ seen }: History, block: LeadBlock, { first, end }: Span, most: number): Points {
  const leadStep = Math.ceil((block.to - block.from + 1) / LEADS_AT_MOST);
  const leadsPerOrigin = Math.ceil((block.to - block.from + 1) / leadStep);
  const stride = Math.max(1, Math.ceil(((end - first) * leadsPerOrigin) / most));
  const room = Math.ceil(Math.max(0, end - first) / stride) * leadsPerOrigin;
  const origins = new Int32Array(room);
  const leads = new Int32Array(room);
  let count = 0;
  for (let t = first, turn = 0; t < end; t += stride, turn++) {
    for (let lead = block.from + (turn % leadStep); lead <= block.to && t + lead < end; lead += leadStep) {
      if (seen[t + lead] === 0) continue;
      origins[count] = t;
      leads[count++] = lead;
    }
  }
  return { count, origins, leads };
}
