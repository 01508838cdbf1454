import type { ProviderName } from '../catalog/offering.ts';
import type { Fleet } from './fleet.ts';
import { matchesAny } from './glob.ts';

/**
 * Whether a type of a provider can play a part: some declared pool has it, or a template may open one. The rest of a
 * cloud's thousand types could not be placed on anyway, so nobody has to be asked about them.
 *
 * @param seen types of live pools that the fleet file does not declare
 */
export function wantedTypes(
  fleet: Pick<Fleet, 'pools' | 'templates'>,
  provider: ProviderName,
  seen: Iterable<string> = [],
): (type: string) => boolean {
  const pools = new Set([...fleet.pools.filter((p) => p.provider === provider).map((p) => p.type), ...seen]);
  const patterns = fleet.templates.filter((t) => t.provider === provider).flatMap((t) => t.types);
  return (type) => pools.has(type) || matchesAny(patterns, type);
}
