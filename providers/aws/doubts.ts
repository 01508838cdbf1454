import type { ObservedPool } from '../../src/ports.ts';
import { seconds, type Instant } from '../../src/units.ts';
import { isRecord, putKept, takeKept } from './kept.ts';
import type { Session } from './session.ts';

/** Pools of a region as they were last believed: name → instances. */
interface Remembered {
  readonly pools: Readonly<Record<string, number>>;
  /** since when listings have looked wrong against it */
  readonly doubtedSince?: Instant;
}

/** What has stood for so long is how it is. */
const BELIEVED_AFTER = seconds(3600);

/**
 * Why a listing may not be the truth: everything gone at once looks like an outage of the listing, not of the pools.
 * What is doubted is held against the last believable listing until it has stood for an hour.
 */
export async function doubtsOf(
  session: Session,
  region: string,
  pools: readonly ObservedPool[],
  others: number,
): Promise<string[]> {
  const kept = await takeKept(session, region, 'pools-seen', isRemembered);
  const doubts = kept ? contradictions(kept.value.pools, region, pools, others) : [];
  const now = session.parts.clock.now();
  const since = kept?.value.doubtedSince ?? now;
  if (doubts.length > 0 && kept && now - since < BELIEVED_AFTER * 1000) {
    await putKept(session, region, 'pools-seen', { ...kept.value, doubtedSince: since });
    return doubts;
  }
  const seen = Object.fromEntries(pools.map((p) => [p.name, p.live?.instances.length ?? 0]));
  if (!kept || JSON.stringify(kept.value.pools) !== JSON.stringify(seen) || kept.value.doubtedSince !== undefined) {
    await putKept(session, region, 'pools-seen', { pools: seen });
  }
  return [];
}

function contradictions(
  before: Remembered['pools'],
  region: string,
  pools: readonly ObservedPool[],
  others: number,
): string[] {
  const known = Object.keys(before).length;
  if (known > 0 && pools.length + others === 0) {
    return [`aws ${region}: no pool is listed where the last listing had ${known}`];
  }
  return pools.flatMap((p) => {
    const ran = before[p.name] ?? 0;
    const gone = ran > 0 && p.target > 0 && p.live?.instances.length === 0;
    return gone
      ? [
          `aws ${region}: ${p.name} lists no instance where the last listing had ${ran}, though ${p.target} are asked for`,
        ]
      : [];
  });
}

const isRemembered = (value: unknown): value is Remembered =>
  isRecord(value) && isRecord(value['pools']) && Object.values(value['pools']).every((n) => typeof n === 'number');
