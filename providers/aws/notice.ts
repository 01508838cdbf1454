import type { Interruption } from '../../src/ports.ts';
import { instant, later, seconds, type Instant } from '../../src/units.ts';
import { isRecord } from './kept.ts';

/** AWS ends a spot instance two minutes after it says so. */
const SPOT_NOTICE = seconds(120);

/**
 * What an EventBridge event says of nodes; nothing where it is of another kind, or no event at all.
 *
 * @param message id of the message that carried it: names the notice when it is settled
 */
export function noticesIn(body: string, message: string, queueRegion: string): readonly Interruption[] {
  const event = eventIn(body);
  if (!event) return [];
  const { detail, at } = event;
  const region = typeof event.region === 'string' ? event.region : queueRegion;
  const notice = (instance: string, kind: Interruption['kind'], endsAt?: Instant): Interruption => ({
    provider: 'aws',
    region,
    instance,
    kind,
    at,
    ...(endsAt !== undefined && { endsAt }),
    receipt: `${message}/${instance}`,
  });
  const id = detail['instance-id'];
  switch (event.type) {
    case 'EC2 Spot Instance Interruption Warning':
      return typeof id === 'string' ? [notice(id, 'reclaim', later(at, SPOT_NOTICE))] : [];
    case 'EC2 Instance Rebalance Recommendation':
      return typeof id === 'string' ? [notice(id, 'risk')] : [];
    case 'EC2 Instance State-change Notification':
      return typeof id === 'string' && ENDING.has(String(detail['state'])) ? [notice(id, 'failed', at)] : [];
    case 'AWS Health Event':
      return maintained(detail).map((instance) => notice(instance, 'maintenance', timeIn(detail['startTime'])));
    default:
      return [];
  }
}

const ENDING: ReadonlySet<string> = new Set(['stopping', 'stopped', 'shutting-down', 'terminated']);

/** Machines that a planned change of EC2 will take. */
function maintained(detail: Readonly<Record<string, unknown>>): string[] {
  if (detail['service'] !== 'EC2' || detail['eventTypeCategory'] !== 'scheduledChange') return [];
  if (detail['statusCode'] === 'closed') return [];
  const entities = detail['affectedEntities'];
  if (!Array.isArray(entities)) return [];
  return entities.flatMap((e: unknown) => {
    const value = isRecord(e) ? e['entityValue'] : undefined;
    return typeof value === 'string' && value.startsWith('i-') ? [value] : [];
  });
}

interface Event {
  readonly type: unknown;
  readonly region: unknown;
  readonly at: Instant;
  readonly detail: Readonly<Record<string, unknown>>;
}

function eventIn(body: string): Event | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !isRecord(value['detail'])) return undefined;
  const at = timeIn(value['time']);
  return at === undefined
    ? undefined
    : { type: value['detail-type'], region: value['region'], at, detail: value['detail'] };
}

/** Events have ISO times, Health's own are like `Sun, 01 Nov 2026 10:00:00 GMT`. */
function timeIn(text: unknown): Instant | undefined {
  const ms = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : instant(ms);
}
