import type { Instance } from './instance.ts';

/** Whether a filling keeps every resource and limit of a node of candidate o. */
export function fitsOn(instance: Instance, o: number, filling: Int32Array): boolean {
  const { resources, need, capacity, fits, candidates } = instance;
  for (let g = 0; g < filling.length; g++) {
    if ((filling[g] ?? 0) > (fits[g * candidates.length + o] ?? 0)) return false;
  }
  for (let r = 0; r < resources; r++) {
    let used = 0;
    for (let g = 0; g < filling.length; g++) used += (filling[g] ?? 0) * (need[g * resources + r] ?? 0);
    if (used > (capacity[o * resources + r] ?? 0) * (1 + 1e-9)) return false;
  }
  return true;
}
