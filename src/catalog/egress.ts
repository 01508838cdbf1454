/** Stand-in until the catalog's own file is written: type only. */
import type { UsdPerGb } from '../units.ts';

/** What moving a GB costs. `to` is a place `provider/region` or `internet`; the first volume tier after any free allowance. */
export interface EgressTable {
  readonly asOf: string;
  /** undefined = not known: the caller refuses to plan on it */
  usdPerGb(from: string, to: string): UsdPerGb | undefined;
  /** between two zones of one place, both directions together */
  interZoneUsdPerGb(place: string): UsdPerGb | undefined;
}
