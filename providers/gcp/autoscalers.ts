import { answered, type Answer } from '../../src/failure.ts';
import type { Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { listEverywhere } from './everywhere.ts';
import { fieldsOf, numberOf, pathOf, textOf } from './fields.ts';

/** What is bound to a group: one that is switched off leaves its bounds, any other steers. */
export interface Autoscaler {
  readonly off: boolean;
  readonly min?: number;
  readonly max?: number;
}

/** Zonal and regional autoscalers by path. */
export async function listAutoscalers(
  calls: Calls,
  account: Account,
): Promise<Answer<ReadonlyMap<string, Autoscaler>>> {
  const api = 'compute.autoscalers.aggregatedList';
  const found = await listEverywhere(calls, account, api, 'autoscalers');
  if (!found.ok) return found;
  const autoscalers = new Map<string, Autoscaler>();
  for (const fields of found.value) {
    const path = pathOf(fields['selfLink']);
    const policy = fieldsOf(fields['autoscalingPolicy']);
    const [min, max] = [numberOf(policy['minNumReplicas']), numberOf(policy['maxNumReplicas'])];
    if (path === undefined) continue;
    autoscalers.set(path, {
      off: textOf(policy['mode']) === 'OFF',
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
    });
  }
  return answered(autoscalers);
}
