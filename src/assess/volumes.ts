import type { Item } from './input.ts';
import { labelsAt, listAt, member, textAt } from '../manifest/json.ts';
import { HOSTNAME, ZONE_KEYS } from './labels.ts';
import { keysOf, nodeRuleOf, type NodeRule } from './selectors.ts';

/** What the volumes of a pod demand of its node. */
export interface VolumeDemand {
  /** the nodes from which every volume in the input can be reached */
  readonly rules: readonly NodeRule[];
  /** a claim whose volume is not in the input: it may be tied to the zone where the pod runs */
  readonly unseen: boolean;
  /** a volume on the node's own disk */
  readonly local: boolean;
  /** disks to attach */
  readonly disks: number;
}

/** Looks up claims `namespace/name` among the claims and volumes of the input. */
export function volumeDemands(
  claims: readonly Item[],
  volumes: readonly Item[],
): (namespace: string, names: readonly string[]) => VolumeDemand {
  const volumeOf = new Map(
    claims.map(({ value }) => [
      `${textAt(value, 'metadata', 'namespace') ?? 'default'}/${textAt(value, 'metadata', 'name') ?? ''}`,
      textAt(value, 'spec', 'volumeName'),
    ]),
  );
  const byName = new Map(volumes.map(({ value }) => [textAt(value, 'metadata', 'name'), value]));
  return (namespace, names) => {
    const found = names.map((name) => byName.get(volumeOf.get(`${namespace}/${name}`)));
    const seen = found.filter((volume) => volume !== undefined);
    const rules = seen.flatMap(reachedFrom);
    return {
      rules,
      unseen: seen.length < names.length,
      local: seen.some(isLocal) || rules.some((rule) => keysOf(rule).includes(HOSTNAME)),
      disks: names.length - seen.filter(isShared).length,
    };
  };
}

const isLocal = (volume: unknown): boolean => member(volume, 'spec', 'local') !== undefined;

/** File systems that many nodes mount at once take no slot for disks. */
const isShared = (volume: unknown): boolean =>
  member(volume, 'spec', 'nfs') !== undefined ||
  member(volume, 'spec', 'azureFile') !== undefined ||
  /^(?:efs|file|filestore|fsx|gcsfuse|s3)\.|nfs/.test(textAt(volume, 'spec', 'csi', 'driver') ?? '') ||
  listAt(volume, 'spec', 'accessModes').includes('ReadWriteMany');

/** The volume's node affinity, or for old volumes the zone they are labelled with (`a__b` for two). */
function reachedFrom(volume: unknown): readonly NodeRule[] {
  const required = member(volume, 'spec', 'nodeAffinity', 'required');
  if (required !== undefined) {
    const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: required };
    return [nodeRuleOf({ affinity: { nodeAffinity } })];
  }
  const labels = labelsAt(volume, 'metadata', 'labels');
  for (const key of ZONE_KEYS) {
    const zones = labels.get(key);
    if (zones !== undefined && zones !== '') {
      return [{ all: [{ key, operator: 'In', values: zones.split('__') }], byName: false }];
    }
  }
  return [];
}
