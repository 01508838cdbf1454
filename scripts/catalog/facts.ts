import type { InstanceType, Source } from '../../src/catalog/snapshot.ts';

/** What one cloud's reader found, before anything is weighed. */
export interface Facts {
  readonly provider: 'aws' | 'azure' | 'gcp';
  readonly sources: readonly Source[];
  readonly types: ReadonlyMap<string, InstanceType>;
  readonly prices: readonly Found[];
  /** spot of on-demand, where spot is modelled; its source's index */
  readonly spotModel?: { readonly shareOfOnDemand: number; readonly source: number };
  readonly leftOut: LeftOut;
}

/** One type in one region. */
export interface Found {
  readonly region: string;
  readonly type: string;
  readonly onDemand: number;
  /** index into the sources */
  readonly source: number;
  readonly spot?: { readonly usdPerHour: number; readonly source: number; readonly band?: number };
  readonly zones?: readonly string[];
}

/** What was not carried over, counted by reason. */
export class LeftOut {
  readonly #rows = new Map<string, { rows: number; examples: string[] }>();

  add(reason: string, example: string): void {
    const entry = this.#rows.get(reason) ?? { rows: 0, examples: [] };
    this.#rows.set(reason, entry);
    entry.rows += 1;
    if (entry.examples.length < 3 && !entry.examples.includes(example)) entry.examples.push(example);
  }

  list(): readonly (readonly [reason: string, rows: number, examples: string])[] {
    return [...this.#rows].map(([reason, { rows, examples }]) => [reason, rows, examples.join(', ')]);
  }
}
