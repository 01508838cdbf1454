import { seconds, type Seconds } from '../units.ts';
import type { ProviderName } from './offering.ts';

/**
 * From the order until a node is ready for pods, median, with the margin for pulling images.
 *
 * The medians to Ready are the figures commonly measured on EKS, GKE and AKS (45, 35 and 75 s, lognormal); the margin
 * is for a gigabyte of service images at 50 MB/s on top of what the node image carries.
 */
export function bootTimeOf(provider: ProviderName): Seconds {
  return seconds(READY_S[provider] + IMAGE_PULL_S);
}

const IMAGE_PULL_S = 20;
const READY_S: Readonly<Record<ProviderName, number>> = {
  aws: 45,
  gcp: 35,
  azure: 75,
  /** nobody publishes a figure for machines of one's own: time for one that stands by to boot and join */
  kubernetes: 300,
};
