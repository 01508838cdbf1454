import { DescribeAvailabilityZonesCommand, GetSpotPlacementScoresCommand } from '@aws-sdk/client-ec2';
import { answered } from '../../src/failure.ts';
import { seconds } from '../../src/units.ts';
import { digestOf, isNumbers, isRecord, refreshed } from './kept.ts';
import type { Session } from './session.ts';

/** With fewer types AWS answers a low score whatever there is: "at least three different instance types". */
const FEWEST_TYPES = 3;
const NODES = 20;

/**
 * How likely spot nodes are to be had, 1 (hardly) to 10, by zone name. AWS scores a set of types and never a single
 * one, and names zones by id, since their names differ from account to account.
 */
export async function placementScores(
  session: Session,
  region: string,
  types: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  if (types.length < FEWEST_TYPES) return {};
  const some = types.toSorted().slice(0, 1000);
  const fact = { region, what: `scores/${digestOf(some)}`, within: seconds(3600), check: isNumbers };
  const kept = await refreshed(session, fact, async () => {
    const read = await session.ask({ region, class: 'read', api: 'ec2:GetSpotPlacementScores', attempts: 2 }, () =>
      session.ec2(region).send(
        new GetSpotPlacementScoresCommand({
          InstanceTypes: some,
          TargetCapacity: NODES,
          TargetCapacityUnitType: 'units',
          SingleAvailabilityZone: true,
          RegionNames: [region],
          MaxResults: 100,
        }),
      ),
    );
    if (!read.ok) return read;
    const names = await zoneNames(session, region);
    const scores = (read.value.SpotPlacementScores ?? []).flatMap(({ AvailabilityZoneId: id, Score: score }) => {
      const zone = id === undefined ? undefined : names[id];
      return zone === undefined || score === undefined ? [] : [[zone, score] as const];
    });
    return answered(Object.fromEntries(scores));
  });
  return kept?.value ?? {};
}

/** Zone id → the name that this account knows it under. */
async function zoneNames(session: Session, region: string): Promise<Readonly<Record<string, string>>> {
  const fact = { region, what: 'zones', within: seconds(86_400), check: isTexts };
  const kept = await refreshed(session, fact, async () => {
    const read = await session.ask({ region, class: 'read', api: 'ec2:DescribeAvailabilityZones', attempts: 2 }, () =>
      session.ec2(region).send(new DescribeAvailabilityZonesCommand({})),
    );
    if (!read.ok) return read;
    const zones = read.value.AvailabilityZones ?? [];
    return answered(
      Object.fromEntries(zones.flatMap(({ ZoneId: id, ZoneName: name }) => (id && name ? [[id, name] as const] : []))),
    );
  });
  return kept?.value ?? {};
}

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every((t) => typeof t === 'string');
