import type { SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { drawsFor } from '../../providers/simulated/random.ts';
import { cloudCaller } from '../../src/calls/caller.ts';
import type { ProviderParts, Shelf, Shelved } from '../../src/ports.ts';
import { good } from '../../src/trouble.ts';
import { seconds, type Instant } from '../../src/units.ts';
import { catalogOf } from './small-world.ts';

/** What an adapter is given in a test: the world's clock, which goes on while the caller waits, and a shelf in memory. */
export function partsOver(world: SimulatedWorld, shelf: Shelf = memoryShelf(() => world.now())): ProviderParts {
  const clock = { now: () => world.now() };
  return {
    clock,
    caller: cloudCaller({
      clock,
      sleep: async (ms) => world.advance(seconds(ms / 1000)),
      random: drawsFor(1, 'caller'),
    }),
    shelf,
    lists: { prices: async (provider) => good(catalogOf(provider)) },
    env: {},
  };
}

export function memoryShelf(now: () => Instant): Shelf {
  const kept = new Map<string, Shelved>();
  return {
    get: async (key) => kept.get(key),
    put: async (key, text) => void kept.set(key, { text, at: now() }),
  };
}
