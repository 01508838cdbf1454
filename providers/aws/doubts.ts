import { isForgotten } from '../../src/calls/believed.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { ObservedPool } from '../../src/ports.ts';
import { isRecord, putKept, takeKept } from './kept.ts';
import type { Session } from './session.ts';

/** Pools of a region as they were last believed: name → instances. */
interface Remembered {
  readonly pools: Readonly<Record<string, number>>;
}

/**
 * Why a listing may not be the truth: everything gone at once looks like an outage of the listing, not of the pools.
 * What is doubted is held against the last believable listing until pools show again, or a person says that they are
 * gone ({@link isForgotten}); however long it stands, it is never believed by itself.
 */
export async function doubtsOf(
  session: Session,
  fleet: Pick<Fleet, 'name'>,
  region: string,
  pools: readonly ObservedPool[],
  others: number,
): Promise<string[]> {
  // another fleet of the same account has pools of its own
  const what = `pools-seen/${fleet.name}`;
  const kept = await takeKept(session, region, what, isRemembered);
  const counts = kept && !(await isForgotten(session.parts.shelf, 'aws', region, kept.at));
  const before = counts ? kept.value.pools : undefined;
  const doubts = before ? contradictions(before, region, pools, others) : [];
  if (doubts.length > 0) return doubts;
  const seen = Object.fromEntries(pools.map((p) => [p.name, p.live?.instances.length ?? 0]));
  if (JSON.stringify(before) !== JSON.stringify(seen)) await putKept(session, region, what, { pools: seen });
  return [];
}

/** Spot pools without instances are no doubt: all of them may have been taken back, and a doubt has no end. */
function contradictions(
  before: Remembered['pools'],
  region: string,
  pools: readonly ObservedPool[],
  others: number,
): string[] {
  const known = Object.values(before).filter((ran) => ran > 0).length;
  if (known > 0 && pools.length + others === 0) {
    return [`aws ${region}: no pool is listed where the last listing had ${known}`];
  }
  return pools.flatMap((p) => {
    const ran = before[p.name] ?? 0;
    const gone = ran > 0 && p.target > 0 && p.purchase === 'on-demand' && p.live?.instances.length === 0;
    return gone
      ? [
          `aws ${region}: ${p.name} lists no instance where the last listing had ${ran}, though ${p.target} are asked for`,
        ]
      : [];
  });
}

const isRemembered = (value: unknown): value is Remembered =>
  isRecord(value) && isRecord(value['pools']) && Object.values(value['pools']).every((n) => typeof n === 'number');
