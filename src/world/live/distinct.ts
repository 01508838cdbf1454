import type { ClusterSnapshot } from '../../cluster-port.ts';

/**
 * Each cluster once: two contexts may lead to the same one (`in-cluster` and its name, two users of it), and its pods
 * would be counted twice. A pod's uid is nobody else's.
 */
export function distinct<T extends { readonly snapshot: Pick<ClusterSnapshot, 'pods'> }>(
  seen: readonly T[],
): readonly T[] {
  const known = new Set<string>();
  return seen.filter(({ snapshot: { pods } }) => {
    const fresh = !pods.some(({ uid }) => uid !== '' && known.has(uid));
    if (fresh) for (const { uid } of pods) known.add(uid);
    return fresh;
  });
}
