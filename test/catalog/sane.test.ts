import { describe, expect, it } from 'vitest';
import { absurd, unitSwap } from '../../src/catalog/sane.ts';
import { mib } from '../../src/units.ts';

const cpu = (vcpu: number, gib: number) => ({ vcpu, memory: mib(gib * 1024) });
const gpu = (vcpu: number, gib: number, name: string, count: number) => ({ ...cpu(vcpu, gib), gpu: { name, count } });

describe('prices that stand in public lists are not absurd', () => {
  it.each([
    ['t4g.nano in Mumbai, the cheapest', 0.0028, cpu(2, 0.5)],
    ['m7i.large', 0.1008, cpu(2, 8)],
    ['d3en.12xlarge in Tokyo, mostly disks', 9.1476, cpu(48, 192)],
    ['u7in-32tb, 32 TiB of memory', 407.68, cpu(896, 32_768)],
    ['g4dn.16xlarge, mostly vCPUs', 4.352, gpu(64, 256, 't4', 1)],
    ['g2-standard-4', 0.706832, gpu(4, 16, 'l4', 1)],
    ['p5.48xlarge of 2025', 98.32, gpu(192, 2048, 'h100', 8)],
    ['a3-highgpu-8g in Tokyo', 126.643391, gpu(208, 1872, 'h100', 8)],
    ['NV6ads_A10_v5, a sixth of a GPU', 0.454, gpu(6, 55, 'a10-partial', 1)],
    ['inf1.24xlarge', 4.721, gpu(96, 192, 'inferentia', 16)],
  ])('%s', (_what, usd, shape) => {
    expect(absurd(usd, shape)).toBeUndefined();
  });
});

describe('absurd', () => {
  it.each([
    ['zero', 0, cpu(2, 8), /not above 0/],
    ['negative', -1, cpu(2, 8), /not above 0/],
    ['missing', Number.NaN, cpu(2, 8), /not a number/],
    ['thousandths of a cent', 0.0001, cpu(2, 8), /under 0\.03 times/],
    ["a month's price", 73.58, cpu(2, 8), /over 12 times/],
    ['g2-standard-4 without its L4', 0.146, gpu(4, 16, 'l4', 1), /lacks its GPU/],
    ['a3-highgpu-8g without its H100s', 10.4, gpu(208, 1872, 'h100', 8), /lacks its GPU/],
    ['p4d without its A100s', 7.2, gpu(96, 1152, 'a100', 8), /lacks its GPU/],
  ])('%s', (_what, usd, shape, reason) => {
    expect(absurd(usd, shape)).toMatch(reason);
  });
});

it.each([
  ['the same', 0.1, 0.1, undefined],
  ['twice as dear', 0.2, 0.1, undefined],
  ['ten times: dear, but no unit', 1, 0.1, undefined],
  ['a month for an hour', 73, 0.1, /month's price/],
  ['a year for an hour', 876, 0.1, /year's price/],
  ['cents for dollars', 10, 0.1, /cents/],
  ['dollars for cents', 0.001, 0.1, /dollars/],
])('a unit swap: %s', (_what, price, usual, reason) => {
  if (reason) expect(unitSwap(price, usual)).toMatch(reason);
  else expect(unitSwap(price, usual)).toBeUndefined();
});
