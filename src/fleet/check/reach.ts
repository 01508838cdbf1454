import type { Finding, Path } from '../finding.ts';
import type { Fleet, Market, Region, Service } from '../fleet.ts';
import { matchesAny } from '../glob.ts';
import { listed } from '../nearest.ts';
import { placesFor, regionPlace, type Places } from '../places.ts';
import type { Check } from './check.ts';

/** Whether each service can run at all in each of its markets, and outlive what it says it survives. */
export const checkReach: Check = (document, fleet) =>
  fleet.services.flatMap((service) =>
    service.markets.flatMap((name, i) => {
      const market = fleet.markets.find((each) => each.name === name);
      if (market === undefined) return [];
      const stated = document.services[service.name]?.markets !== undefined;
      const path: Path = ['services', service.name, ...(stated ? ['markets', i] : [])];
      return checkMarket(service, market, fleet, path);
    }),
  );

function checkMarket(service: Service, market: Market, fleet: Fleet, path: Path): readonly Finding[] {
  const places = placesFor(fleet, service, market);
  if (places.allowed.length > 0) return checkLoss(service, market, fleet, places);
  if (tooFarEverywhere(service, market)) return [tooFar(service, market)];
  return [
    {
      path,
      onKey: true,
      problem: `no place is left for ${service.name} in ${market.name}: ${byReason(places)}`,
      remedy: 'loosen one of these rules, or add a region that keeps them',
    },
  ];
}

const tooFarEverywhere = ({ latencyAtMostMs }: Service, market: Market): boolean =>
  latencyAtMostMs !== undefined && [...market.latencyMs.values()].every((ms) => ms > latencyAtMostMs);

function tooFar(service: Service, { name, latencyMs }: Market): Finding {
  const [nearest] = [...latencyMs].toSorted(([, a], [, b]) => a - b);
  const why =
    nearest === undefined ? `markets.${name}.latencyMs names none` : `${nearest[0]} is nearest with ${nearest[1]} ms`;
  return {
    path: ['services', service.name, 'latencyAtMostMs'],
    problem: `no place is within it from ${name}: ${why}`,
    remedy:
      nearest === undefined
        ? 'state the latencies there'
        : `allow at least ${nearest[1]} ms, or add a region nearer to ${name}`,
  };
}

/** After the loss of the only provider, region or zone there is, nothing remains: no placement could keep the rule. */
function checkLoss(service: Service, market: Market, fleet: Fleet, places: Places): readonly Finding[] {
  const { name, survive, reconnect } = service;
  if (survive === undefined || (survive.share === 0 && reconnect === undefined)) return [];
  const { loss } = survive;
  const domains = domainsOf(loss, service, fleet, places);
  const [only] = domains;
  if (domains.size > 1 || only === undefined) return [];
  const finding = {
    problem: `in ${market.name} ${name} may use one ${loss} only, ${only}: after its loss nothing remains`,
    remedy: `let it use a second ${loss}, or ${LESS[loss]}`,
  };
  return [{ path: ['services', name, survive.share === 0 ? 'reconnect' : 'survive'], onKey: true, ...finding }];
}

const LESS = {
  provider: 'survive the loss of a region or zone instead',
  region: 'survive the loss of a zone instead',
  zone: 'take the rule away',
} as const;

function domainsOf(loss: keyof typeof LESS, service: Service, fleet: Fleet, { allowed }: Places): ReadonlySet<string> {
  const regions = fleet.clouds
    .flatMap((cloud) => cloud.regions)
    .filter((region) => allowed.includes(regionPlace(region)));
  const names = {
    provider: (region: Region) => [region.provider],
    region: (region: Region) => [regionPlace(region)],
    zone: (region: Region) => zonesFor(service, region).map((zone) => `${regionPlace(region)}/${zone}`),
  }[loss];
  return new Set(regions.flatMap(names));
}

const zonesFor = ({ allow: { zone } }: Service, { zones }: Region): readonly string[] =>
  zone === undefined ? zones : zones.filter((each) => matchesAny(zone, each));

/** `aws/us-east-1, gcp/us-east4 (too far), azure/eastus2 (not allowed)`: each reason once */
function byReason({ ruledOut }: Places): string {
  const places = new Map<string, string[]>();
  for (const [place, reason] of ruledOut) places.set(reason, [...(places.get(reason) ?? []), place]);
  return [...places].map(([reason, those]) => `${listed(those, 6)} (${reason})`).join(', ');
}
