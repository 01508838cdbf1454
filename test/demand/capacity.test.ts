import { describe, expect, test } from 'vitest';
import { capacityOf, requestsOn, type NodeKind } from '../../src/demand/capacity.ts';
import type { Allowed, OnNodes } from '../../src/fleet/fleet.ts';
import { mib, milliCores } from '../../src/units.ts';

const node = (type: string, arch: string, region = 'eu-central-1'): NodeKind => ({
  provider: 'aws',
  region,
  type,
  arch,
});
const m7g = node('m7g.xlarge', 'arm64');
const m7i = node('m7i.xlarge', 'amd64');
const m5 = node('m5.xlarge', 'amd64');
const arm: OnNodes = { arch: ['arm64'], capacityPerReplica: 24_000 };
const old: OnNodes = { type: ['m5.*'], capacityPerReplica: 16_000 };
const lean: OnNodes = { arch: ['arm64'], requests: { cpu: milliCores(800), memory: mib(1024) } };

describe('what a replica is counted to carry', () => {
  test.each<[why: string, on: OnNodes[], allow: Allowed, nodes: NodeKind[] | undefined, load: number, least?: string]>([
    ['the same everywhere', [], {}, [m7g, m7i], 20_000],
    ['more on some nodes: what it carries on the others', [arm], {}, [m7g, m7i], 20_000, 'nodes other than arm64'],
    ['on those alone: all of it', [arm], { arch: ['arm64'] }, [m7g, m7i], 24_000],
    ['less on some nodes: that', [old], {}, [m5, m7i], 16_000, 'm5.*'],
    ['nodes that cannot be had do not count', [old], {}, [m7i, m7g], 20_000],
    [
      'nor those of places it may not use',
      [old],
      { place: ['aws/us-east-1'] },
      [m5, node('m7i.large', 'amd64', 'us-east-1')],
      20_000,
    ],
    ['nor types it may not use', [old], { type: ['m7*'] }, [m5, m7i], 20_000],
    [
      'the first that matches holds',
      [{ arch: ['amd64'], capacityPerReplica: 18_000 }, old],
      {},
      [m5, m7g],
      18_000,
      'amd64',
    ],
    ['where the nodes are not known, the least that is named', [arm, old], {}, undefined, 16_000, 'm5.*'],
    ['where none may be used, the same', [arm, old], { provider: ['gcp'] }, [m5, m7g], 16_000, 'm5.*'],
    ['less requests are no less load', [lean], {}, [m7g, m7i], 20_000],
  ])('%s', (_, on, allow, nodes, load, leastOn) => {
    expect(capacityOf({ capacityPerReplica: 20_000, on }, allow, nodes)).toEqual({
      load,
      ...(leastOn !== undefined && { leastOn }),
    });
  });
});

test('requests are those of the first nodes that match, or the service’s own', () => {
  const requests = { cpu: milliCores(1000), memory: mib(2048) };
  const older: OnNodes = { type: ['m5.*'], requests: { cpu: milliCores(1500), memory: mib(2048) } };
  const cpuOn = (n: NodeKind): number => requestsOn({ requests, on: [lean, older] }, n).cpu;
  expect([m7g, m7i, m5].map(cpuOn)).toEqual([800, 1000, 1500]);
  expect(cpuOn(node('m5.xlarge', 'arm64'))).toBe(800);
});
