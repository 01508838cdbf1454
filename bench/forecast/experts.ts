import type { FitOptions } from '../../src/forecast/fit.ts';
import { historyOf } from '../../src/forecast/history.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant } from '../../src/units.ts';
import { exported } from './exported.ts';

/** Which pretrained experts the forecast gets: those of the package, or none. */
export type ExpertsChoice = 'shipped' | 'none';
export const EXPERTS: readonly ExpertsChoice[] = ['shipped', 'none'];

const SHIPPED = new URL('../../src/world/forecast-experts.ts', import.meta.url);
const TRAINER = new URL('../../src/forecast/linear/train.ts', import.meta.url);

type WithExperts = FitOptions & { readonly experts?: unknown };

/** What `fit` is given for that choice, or with experts learnt from these series; undefined when this tree cannot make it. */
export async function expertsOptions(
  choice: ExpertsChoice | readonly ObservedSignal[],
): Promise<WithExperts | undefined> {
  if (choice === 'none') return {};
  if (choice === 'shipped') {
    const load = await exported(SHIPPED, 'loadExperts');
    return load && { experts: load() };
  }
  const train = await exported(TRAINER, 'trainExperts');
  return train && { experts: train(choice.flatMap(logsOf)) };
}

/** A series as the forecast itself learns from it: cleaned, without holes, in logarithms. */
function logsOf(signal: ObservedSignal): Float64Array[] {
  const end = instant(signal.start + (signal.values.length - 1) * signal.step * 1000);
  const history = historyOf(signal, end);
  return history ? [history.logs] : [];
}
