/**
 * The extended resource under which Kubernetes counts a GPU or accelerator, by the name of its device plugin.
 *
 * Names of chips are the makers' own in lower case, the same on every cloud; a slice of a chip is `…-partial`.
 */
export function deviceOf(gpu: string): string {
  const chip = gpu.replace(/-partial$/, '');
  return OTHERS.find(([names]) => names.test(chip))?.[1] ?? 'nvidia.com/gpu';
}

const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^(?:inferentia|trainium)\d*$/, 'aws.amazon.com/neuron'],
  [/^(?:radeon-pro-v\d+|mi\d+x?)$/, 'amd.com/gpu'],
  [/^qualcomm-/, 'qualcomm.com/qaic'],
];
