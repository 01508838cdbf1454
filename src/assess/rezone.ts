import { placeOf } from '../catalog/offering.ts';
import type { Permissions } from './hosts.ts';
import type { OpenSeat } from './seats.ts';

/**
 * Spreads nodes over zones where nothing asks for a certain one: a packing that sees one zone for all alike leaves such
 * nodes in the first. Each goes where fewest pods of its own workloads are, then where fewest nodes are.
 */
export function spreadOverZones(seats: readonly OpenSeat[], may: Permissions): readonly OpenSeat[] {
  const pods = new Map<string, number>();
  const nodes = new Map<string, number>();
  const zoneOf = ({ host }: OpenSeat, zone: string): string => `${placeOf(host.offering)} ${zone}`;
  const settle = (seat: OpenSeat): OpenSeat => {
    const here = zoneOf(seat, seat.host.offering.zone);
    nodes.set(here, (nodes.get(here) ?? 0) + 1);
    for (const { unit } of seat.sitting) {
      const key = `${here} ${unit.workload}`;
      pods.set(key, (pods.get(key) ?? 0) + 1);
    }
    return seat;
  };
  const choices = new Map(seats.map((seat) => [seat, choicesOf(seat, may)]));
  const settled = new Map<OpenSeat, OpenSeat>();
  for (const seat of seats) if ((choices.get(seat)?.length ?? 0) < 2) settled.set(seat, settle(seat));
  for (const seat of seats) {
    if (settled.has(seat)) continue;
    const ranked = (choices.get(seat) ?? []).map((zone) => {
      const here = zoneOf(seat, zone);
      const company = seat.sitting.reduce((n, { unit }) => n + (pods.get(`${here} ${unit.workload}`) ?? 0), 0);
      return { zone, company, nodes: nodes.get(here) ?? 0 };
    });
    const [best] = ranked.toSorted((a, b) => a.company - b.company || a.nodes - b.nodes);
    settled.set(seat, settle(best ? { ...seat, host: seat.host.inZone(best.zone) } : seat));
  }
  return seats.map((seat) => settled.get(seat) ?? seat);
}

/** Zones that all pods on the node may be in; one only where some of them must be counted zone by zone. */
function choicesOf({ host, sitting }: OpenSeat, may: Permissions): readonly string[] {
  const units = new Set(sitting.map(({ unit }) => unit));
  if ([...units].some((unit) => unit.zoneSkew !== undefined || unit.within !== undefined)) return [host.offering.zone];
  return host.anyZone.filter((zone) => [...units].every((unit) => may.in(unit, host.inZone(zone), zone)));
}
