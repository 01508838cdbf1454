import type { FitOptions } from '../../src/forecast/fit.ts';
import { historyOf } from '../../src/forecast/history.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { trainExperts } from '../../src/forecast/linear/train.ts';
import { instant } from '../../src/units.ts';
import { loadExperts } from '../../src/world/forecast-experts.ts';

/** Which pretrained experts the forecast gets: those of the package, or none. */
export type ExpertsChoice = 'shipped' | 'none';
export const EXPERTS: readonly ExpertsChoice[] = ['shipped', 'none'];

/** Series of a file are forecast from their ends: windows that end at that hour of the day count more. */
const TRAINING = { experts: 12, sameHour: 5 };

/** What `fit` is given for that choice, or with experts learnt from these series. */
export function expertsOptions(choice: ExpertsChoice | readonly ObservedSignal[]): Pick<FitOptions, 'experts'> {
  if (choice === 'none') return {};
  return { experts: choice === 'shipped' ? loadExperts() : trainExperts(choice.flatMap(logsOf), TRAINING) };
}

/** A series as the forecast itself learns from it: cleaned, without holes, in logarithms. */
function logsOf(signal: ObservedSignal): Float64Array[] {
  const end = instant(signal.start + (signal.values.length - 1) * signal.step * 1000);
  const history = historyOf(signal, end);
  return history ? [history.logs] : [];
}
