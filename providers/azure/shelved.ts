import type { z } from 'zod';
import type { ProviderParts } from '../../src/ports.ts';
import { later, seconds, type Instant } from '../../src/units.ts';
import { answered, type Answer } from '../../src/failure.ts';
import { parsedOf } from './json.ts';

/** Facts with the time they were read. */
export interface Dated<T> {
  readonly value: T;
  readonly at: Instant;
  /** they are older than they should be, because this failed */
  readonly failure?: Extract<Answer<never>, { ok: false }>['failure'];
}

/**
 * From the shelf while it is fresh, else from the cloud, and from the shelf again when the cloud does not answer:
 * with its own date, so that its age goes on counting. What the shelf holds is checked like any outside data.
 */
export async function shelved<T>(
  { shelf, clock }: Pick<ProviderParts, 'shelf' | 'clock'>,
  key: string,
  freshForS: number,
  schema: z.ZodType<T>,
  read: () => Promise<Answer<T>>,
): Promise<Answer<Dated<T>>> {
  const kept = await shelf.get(key);
  const known = kept && schema.safeParse(parsedOf(kept.text));
  const old = kept && known?.success ? { value: known.data, at: kept.at } : undefined;
  const now = clock.now();
  if (old && later(old.at, seconds(freshForS)) > now) return answered(old);
  const fresh = await read();
  if (!fresh.ok) return old ? answered({ ...old, failure: fresh.failure }) : fresh;
  await shelf.put(key, JSON.stringify(fresh.value));
  return answered({ value: fresh.value, at: now });
}
