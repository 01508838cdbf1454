import type { Purchase } from '../../src/catalog/offering.ts';
import type { Clock, Shelf } from '../../src/ports.ts';
import { seconds } from '../../src/units.ts';
import { fieldsOf, listOf, numberOf, textOf } from './fields.ts';
import { fresh, keep, kept } from './shelved.ts';

/** A pool as the latest listing of a project had it. */
export interface SeenPool {
  readonly name: string;
  readonly zone: string;
  readonly type: string;
  readonly purchase: Purchase;
  readonly target: number;
  /** its machines' names begin with it */
  readonly base: string;
}

const keyOf = (project: string): string => `gcp/${project}/-/pools-seen`;
/** After so long, nothing is concluded from what was seen. */
const REMEMBERED = seconds(3600);

/** What the latest listing had, of whichever process. */
export async function seenPools(shelf: Shelf, clock: Clock, project: string): Promise<readonly SeenPool[]> {
  const found = await kept(shelf, clock, keyOf(project));
  if (!fresh(found, REMEMBERED)) return [];
  return listOf(found.fields['pools']).flatMap((pool) => {
    const { purchase } = fieldsOf(pool);
    const [name, zone, type, base] = ['name', 'zone', 'type', 'base'].map((key) => textOf(pool[key]));
    const target = numberOf(pool['target']);
    if (name === undefined || zone === undefined || type === undefined || base === undefined) return [];
    if (target === undefined || (purchase !== 'spot' && purchase !== 'on-demand')) return [];
    return [{ name, zone, type, base, target, purchase }];
  });
}

export const rememberPools = (shelf: Shelf, project: string, pools: readonly SeenPool[]): Promise<void> =>
  keep(shelf, keyOf(project), { pools });
