import type { ProviderName } from '../catalog/offering.ts';
import type { Home } from './cluster.ts';
import type { Prepared, ProposeOptions, Repacked } from './propose.ts';

export interface AssessOptions extends ProposeOptions {
  /** what pods that request no cpu or no memory are taken to need: millicores and MiB */
  readonly defaults?: { readonly cpu: number; readonly memory: number };
  /** whether to look at other clouds and regions */
  readonly across: boolean;
  /** whether to work out what one more region of each cloud would bring, beside all regions at once */
  readonly eachCloud: boolean;
}

/** What was read and worked out for one home. */
export interface HomeOutcome {
  readonly home: Home;
  readonly ready: Prepared;
  readonly same: Repacked;
  /** absent when it was not asked for or no other place is comparable */
  readonly across?: Repacked;
  /** cloud → home with its cheapest other region beside it */
  readonly withOne: ReadonlyMap<ProviderName, Repacked>;
}
