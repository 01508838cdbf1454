import type { Fleet, PoolTemplate } from '../../src/fleet/fleet.ts';
import type { ObservedPool, OpenOrder } from '../../src/ports.ts';
import type { Asked } from './token.ts';

/** The tag that a pool opened by an order carries, so that an order whose answer was lost finds what it made. */
export const OP_TAG = 'godwit.io/op';

/** What both kinds of pool are opened from. */
export interface Opening {
  readonly order: OpenOrder;
  readonly template: PoolTemplate;
  /** the pool that the new one is made like */
  readonly like: ObservedPool & { readonly live: NonNullable<ObservedPool['live']> };
  readonly tag: NonNullable<Fleet['findPoolsByTag']> | undefined;
  readonly asked: Asked;
}
