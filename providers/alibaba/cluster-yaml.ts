import type { OwnNodeType } from '../../src/fleet/fleet.ts';
import { isoOf } from '../../src/units.ts';

export interface ClusterText {
  readonly name: string;
  readonly zones: readonly string[];
  /** USD for one GB that leaves the region */
  readonly egressUsdPerGb: number;
  readonly nodeTypes: readonly OwnNodeType[];
}

/** The cluster as it stands in a fleet file, under `clouds:`. */
export function clusterYaml({ name, zones, egressUsdPerGb, nodeTypes }: ClusterText): string {
  return [
    '  kubernetes:',
    '    clusters:',
    `      ${name}:`,
    `        zones: [${zones.join(', ')}]`,
    `        egressUsdPerGb: ${egressUsdPerGb}`,
    '        nodeTypes:',
    ...nodeTypes.flatMap(({ name: type, arch, allocatable, usdPerHour, source, asOf, atMostPerZone }) => [
      `          ${type}:`,
      `            arch: ${arch}`,
      `            allocatable: { cpu: ${allocatable.cpu}m, memory: ${allocatable.memory}Mi, pods: ${allocatable.pods ?? 110} }`,
      `            usdPerHour: ${usdPerHour}`,
      `            source: ${JSON.stringify(source)}`,
      `            asOf: ${isoOf(asOf).slice(0, 10)}`,
      `            atMostPerZone: ${atMostPerZone}`,
    ]),
    '',
  ].join('\n');
}
