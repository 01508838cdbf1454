import type { ProblemFile } from '../../src/interchange/problem-file.ts';

/** One of everything that a problem file may hold. */
export const SMALL: ProblemFile = {
  schemaVersion: 1,
  groups: [
    {
      name: 'gateway/sea',
      replicas: 12,
      requests: { cpu: '500m', memory: '1Gi', 'ephemeral-storage': '2Gi' },
      allow: { provider: ['aws', 'gcp'], purchase: ['on-demand', 'spot'], type: ['m7i.*', 'n2-*'] },
      perNodeAtMost: 4,
      spotAtMost: 0.4,
      zoneSkew: 3,
      survive: { loss: 'provider', share: 0.5 },
    },
    { name: 'inference', replicas: 2, requests: { cpu: 0.57, memory: 2 ** 30, 'nvidia.com/gpu': 0.5 } },
  ],
  offerings: [
    {
      id: 'aws/us-east-1/us-east-1a/m7i.large/on-demand',
      provider: 'aws',
      region: 'us-east-1',
      zone: 'us-east-1a',
      type: 'm7i.large',
      arch: 'amd64',
      purchase: 'on-demand',
      usdPerHour: 0.1008,
      allocatable: { cpu: '1930m', memory: '7253Mi', 'ephemeral-storage': '20Gi', pods: 29 },
      atMost: 500,
    },
    {
      id: 'gcp/us-east4/us-east4-a/n2-standard-2/spot',
      provider: 'gcp',
      region: 'us-east4',
      zone: 'us-east4-a',
      type: 'n2-standard-2',
      arch: 'amd64',
      purchase: 'spot',
      usdPerHour: 0.04,
      allocatable: { cpu: '1930m', memory: '7253Mi', 'nvidia.com/gpu': 1 },
    },
  ],
  rules: { vendorShareAtMost: { aws: 0.6 } },
  running: [{ offering: 'aws/us-east-1/us-east-1a/m7i.large/on-demand', count: 12, replicas: { 'gateway/sea': 3 } }],
  change: { launchUsd: 0.01, moveUsdPerReplica: 0.0005, horizonHours: 1 },
};

export const textOf = (file: object): string => `${JSON.stringify(file, null, 2)}\n`;
