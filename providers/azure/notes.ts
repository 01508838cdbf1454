import { z } from 'zod';
import type { Azure } from './connection.ts';
import { parsedOf } from './json.ts';

/** The size that a deletion by Godwit leaves an agent pool with, noted before it is sent. */
export interface Note {
  readonly opId: string;
  readonly size: number;
}

/** By the pool's resource id in lower case. */
export type Notes = Readonly<Record<string, Note>>;

const schema = z.object({
  schemaVersion: z.literal(1),
  pools: z.record(z.string(), z.object({ opId: z.string(), size: z.number() })),
});

const keyOf = ({ subscription }: Azure): string => `azure/${subscription}/-/deletions`;

export async function readNotes(azure: Azure): Promise<Notes> {
  const kept = await azure.parts.shelf.get(keyOf(azure));
  const read = kept && schema.safeParse(parsedOf(kept.text));
  return read?.success ? read.data.pools : {};
}

export const noteOf = (notes: Notes, cluster: string | undefined, pool: string): Note | undefined =>
  notes[`${cluster ?? ''}/agentPools/${pool}`.toLowerCase()];

export async function noteSize(azure: Azure, pool: string, note: Note): Promise<void> {
  const pools = { ...(await readNotes(azure)), [pool.toLowerCase()]: note };
  await azure.parts.shelf.put(keyOf(azure), JSON.stringify({ schemaVersion: 1, pools }));
}
