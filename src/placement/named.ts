import type { Instance } from './instance.ts';
import type { PlacedNodes } from './placement.ts';
import type { FilledNodes } from './polish.ts';

/** Numbers back into names: nodes as the answer tells them, by offering and the most of a kind first. */
export function namedNodes(instance: Instance, nodes: readonly FilledNodes[]): PlacedNodes[] {
  return nodes
    .map(({ candidate, count, filling }) => {
      const replicas: Record<string, number> = {};
      instance.groups.forEach((group, g) => {
        const n = filling[g] ?? 0;
        if (n > 0) replicas[group.name] = n;
      });
      return { offering: instance.candidates[candidate]?.id ?? '', count, replicas };
    })
    .toSorted((a, b) => (a.offering < b.offering ? -1 : a.offering > b.offering ? 1 : b.count - a.count));
}
