import { placeOf } from '../catalog/offering.ts';
import type { Company } from './company.ts';
import { capOf } from './groups.ts';
import type { Permissions } from './hosts.ts';
import type { OpenSeat, Standing } from './seats.ts';
import { hasRoom, takeFrom } from './slack.ts';
import type { ClusterPod } from './pods.ts';
import type { Unit } from './units.ts';

/** Nodes at which room is made for one pod by moving another, before it is given a new node. */
const MOST_TRIES = 60;

/**
 * Finds room on the nodes there are for pods that are still standing: on one that has it left over, or on one from which
 * another pod can be moved to a third. Only what nothing can be done for is answered, to get nodes of its own.
 */
export function squeezedIn(
  seats: readonly OpenSeat[],
  standing: readonly Standing[],
  company: Company,
  may: Permissions,
  zonal: (unit: Unit) => boolean,
): readonly Standing[] {
  const spot = new Map<Unit, number>();
  for (const { host, sitting } of seats) {
    if (host.offering.purchase !== 'spot') continue;
    for (const { unit } of sitting) spot.set(unit, (spot.get(unit) ?? 0) + 1);
  }
  const welcome = (seat: OpenSeat, unit: Unit, leaving?: Unit): boolean => {
    const { host, sitting, slack } = seat;
    if (!hasRoom(slack, unit, leaving)) return false;
    if (!may.in(unit, host, host.offering.zone)) return false;
    const here = sitting.filter((s) => s.unit === unit).length - (leaving === unit ? 1 : 0);
    if (here >= capOf(unit, company)) return false;
    return host.offering.purchase !== 'spot' || (spot.get(unit) ?? 0) < unit.spotAtMost;
  };
  const put = (seat: OpenSeat, unit: Unit, pod: ClusterPod): void => {
    seat.sitting.push({ unit, pod });
    takeFrom(seat.slack, unit, 1);
    if (seat.host.offering.purchase === 'spot') spot.set(unit, (spot.get(unit) ?? 0) + 1);
  };
  const lift = (seat: OpenSeat, i: number): void => {
    const [gone] = seat.sitting.splice(i, 1);
    if (!gone) return;
    takeFrom(seat.slack, gone.unit, -1);
    if (seat.host.offering.purchase === 'spot') spot.set(gone.unit, (spot.get(gone.unit) ?? 0) - 1);
  };
  const inPlace = (seat: OpenSeat, place: string, zone: string | undefined): boolean =>
    zone === undefined || (seat.host.offering.zone === zone && placeOf(seat.host.offering) === place);

  const makeRoom = (unit: Unit, pod: ClusterPod, at: readonly OpenSeat[]): boolean => {
    for (const seat of at.slice(0, MOST_TRIES)) {
      for (const [i, other] of seat.sitting.entries()) {
        if (other.unit === unit || !welcome(seat, unit, other.unit)) continue;
        const sameZone = zonal(other.unit) ? seat.host.offering : undefined;
        const third = seats.find(
          (s) =>
            s !== seat &&
            (!sameZone || (s.host.offering.zone === sameZone.zone && placeOf(s.host.offering) === placeOf(sameZone))) &&
            welcome(s, other.unit),
        );
        if (!third) continue;
        lift(seat, i);
        put(third, other.unit, other.pod);
        put(seat, unit, pod);
        return true;
      }
    }
    return false;
  };

  return standing.flatMap((s): Standing[] => {
    const { unit, place, zone } = s;
    // a unit that zones matter to and that has none yet is placed whole, by its own rules
    if (zone === undefined && zonal(unit)) return [s];
    const at = seats.filter((seat) => inPlace(seat, place, zone) && may.in(unit, seat.host, seat.host.offering.zone));
    const still = s.pods.filter((pod) => {
      const room = at.find((seat) => welcome(seat, unit));
      if (room) put(room, unit, pod);
      return !room && !makeRoom(unit, pod, at);
    });
    return still.length > 0 ? [{ ...s, pods: still }] : [];
  });
}
