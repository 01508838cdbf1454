import type { Markets } from './market.ts';
import { drawsFor, exponential } from './random.ts';
import type { WorldSetup } from './setup.ts';
import type { Timeline } from './timeline.ts';

const HOUR_MS = 3_600_000;

/** On-demand stock that runs out for a while. What runs goes on; nothing new can be had. */
export function stockOuts({ seed, stockOuts: setup }: WorldSetup, time: Timeline, markets: Markets): void {
  if (!setup) return;
  for (const market of markets.all) {
    const draw = drawsFor(seed, 'stock-out', market.provider, market.region, market.zone, market.type.name);
    const after = (hours: number, happen: () => void): void =>
      time.at(time.now() + exponential(draw, 1 / (hours * HOUR_MS)), happen);
    const runOut = (): void => {
      markets.out.add(market);
      after(setup.lastH, comeBack);
    };
    const comeBack = (): void => {
      markets.out.delete(market);
      after(setup.betweenH, runOut);
    };
    comeBack();
  }
}
