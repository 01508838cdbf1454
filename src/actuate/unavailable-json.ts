import { PROVIDERS, PURCHASES } from '../catalog/offering.ts';
import { instant, isoOf, type Instant } from '../units.ts';
import { stillRefused, type Refusal, type RefusalKind } from './unavailable.ts';

/** Refusals as text for a shelf or a store; times as ISO 8601. Those whose time is over are left out. */
export function refusalsToJson(known: readonly Refusal[], now: Instant): string {
  const refusals = stillRefused(known, now).map((r) => ({ ...r, at: isoOf(r.at), until: isoOf(r.until) }));
  return JSON.stringify({ schemaVersion: SCHEMA_VERSION, refusals });
}

/**
 * What {@link refusalsToJson} wrote. What is not that, or of another version, is no refusals: they only save calls,
 * and a cloud that is asked in vain refuses again.
 */
export function refusalsFromJson(text: string): readonly Refusal[] {
  const document = parsed(text);
  if (!isRecord(document) || document['schemaVersion'] !== SCHEMA_VERSION) return [];
  const { refusals } = document;
  return Array.isArray(refusals) ? refusals.flatMap((entry: unknown) => refusalOf(entry) ?? []) : [];
}

const SCHEMA_VERSION = 1;
const KINDS: readonly RefusalKind[] = ['capacity', 'quota', 'never-joined', 'refused'];

function refusalOf(entry: unknown): Refusal | undefined {
  if (!isRecord(entry)) return undefined;
  const provider = PROVIDERS.find((name) => name === entry['provider']);
  const why = KINDS.find((kind) => kind === entry['why']);
  const { region, said, zone, type, family } = entry;
  const [at, until] = [instantOf(entry['at']), instantOf(entry['until'])];
  const purchase = PURCHASES.find((name) => name === entry['purchase']);
  if (!provider || !why || at === undefined || until === undefined) return undefined;
  if (!isText(region) || !isText(said)) return undefined;
  // a part that is there and no text would widen the refusal if it were left out
  if ([zone, type, family].some((part) => part !== undefined && !isText(part))) return undefined;
  if (entry['purchase'] !== undefined && !purchase) return undefined;
  return {
    provider,
    region,
    ...(isText(zone) && { zone }),
    ...(isText(type) && { type }),
    ...(isText(family) && { family }),
    ...(purchase && { purchase }),
    why,
    said,
    at,
    until,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function instantOf(value: unknown): Instant | undefined {
  const ms = isText(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : instant(ms);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
