import { z } from 'zod';
import type { OperationToken, PoolRef } from '../../src/ports.ts';
import { offeringId } from '../../src/catalog/offering.ts';
import { parsedOf } from './json.ts';

/** What another process needs to ask after an order: how it was accepted, and what it was about. */
const schema = z.strictObject({
  v: z.literal(1),
  cloud: z.literal('azure'),
  kind: z.enum(['size', 'delete', 'open']),
  /** resource id of the pool */
  pool: z.string(),
  region: z.string(),
  opId: z.string(),
  offering: z.string(),
  /** nodes the order is about */
  asked: z.number(),
  /** the operation's URL, as Azure named it; absent where it was done at once, or adopted */
  operation: z.string().optional(),
  /** of a deletion */
  instances: z.array(z.string()).optional(),
});

export type Token = z.infer<typeof schema>;

export const tokenOf = (token: Token): OperationToken => JSON.stringify(token) as OperationToken;

/** undefined: not a token of this adapter */
export function readToken(text: string): Token | undefined {
  const read = schema.safeParse(parsedOf(text));
  return read.success ? read.data : undefined;
}

export const offeringOf = ({ region, zone, type, purchase }: Omit<PoolRef, 'id' | 'name' | 'provider'>): string =>
  offeringId({ provider: 'azure', region, zone, type, purchase });
