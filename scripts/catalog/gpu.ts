import type { Gpu } from '../../src/catalog/offering.ts';

/**
 * A GPU under one name on every cloud, so that `gpu: [h100]` means the same chip everywhere: the maker's name in lower
 * case, with the memory where one chip was built with two sizes. A slice of a chip is one device named `…-partial`.
 */
export function gpuOf(provider: string, type: string, count: number, name: string): Gpu | undefined {
  if (name === '' || Number.isNaN(count)) return undefined;
  const chip = RENAMED[`${provider}/${name.toLowerCase()}`] ?? name.toLowerCase();
  const known = BY_TYPE.find(([pattern]) => pattern.test(type))?.[1] ?? chip;
  const partial = count < 1 || SLICES.some((slice) => slice.test(type));
  return { name: partial ? `${known}-partial` : known, count: partial ? 1 : count };
}

const RENAMED: Readonly<Record<string, string>> = {
  'gcp/h100-80gb': 'h100',
  'gcp/h100-80gb-mega': 'h100',
  'gcp/rtx6000': 'rtx-pro-6000',
  'aws/rtx-pro-server-6000': 'rtx-pro-6000',
};

/** The lists give one name to two chips. Sources: aws.amazon.com/ec2/instance-types, learn.microsoft.com NC v3. */
const BY_TYPE: readonly (readonly [RegExp, string])[] = [
  [/^p4de\./, 'a100-80gb'],
  [/^p3dn\./, 'v100-32gb'],
];

/** Types that get a part of a chip although the lists count 1. Source: learn.microsoft.com, NVadsA10 v5 and NVv4. */
const SLICES: readonly RegExp[] = [/^Standard_NV(?:6|12|18)ads_A10_v5$/, /^Standard_NV(?:4|8|16)as_v4$/];
