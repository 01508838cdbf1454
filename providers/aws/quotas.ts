import { ListServiceQuotasCommand, type ServiceQuota } from '@aws-sdk/client-service-quotas';
import { allPages } from '../../src/calls/pages.ts';
import type { Purchase } from '../../src/catalog/offering.ts';
import { answered } from '../../src/failure.ts';
import { seconds } from '../../src/units.ts';
import type { Machine } from './instances.ts';
import { isNumbers, refreshed } from './kept.ts';
import type { Session } from './session.ts';

interface Quota {
  /** first letters of the families that share it, and a generation's number where one has a quota of its own */
  readonly families: readonly string[];
  /** as the Service Quotas console lists it */
  readonly name: string;
  readonly 'on-demand': string;
  readonly spot: string;
}

/** vCPU quotas of EC2 by family: "On-Demand Instance quotas" and "Spot Instance quotas" in the EC2 user guide. */
const VCPU_QUOTAS: readonly Quota[] = [
  {
    families: ['a', 'c', 'd', 'h', 'i', 'im', 'is', 'm', 'r', 't', 'z'],
    name: 'Standard',
    'on-demand': 'L-1216C47A',
    spot: 'L-34B43A08',
  },
  { families: ['g', 'gr', 'vt'], name: 'G and VT', 'on-demand': 'L-DB2E81BA', spot: 'L-3819A6DF' },
  { families: ['p5'], name: 'P, spot P5', 'on-demand': 'L-417A185B', spot: 'L-C4BD4855' },
  { families: ['p'], name: 'P, spot P4, P3 and P2', 'on-demand': 'L-417A185B', spot: 'L-7212CCBC' },
  { families: ['f'], name: 'F', 'on-demand': 'L-74FC7D96', spot: 'L-88CF9481' },
  { families: ['x'], name: 'X', 'on-demand': 'L-7295265B', spot: 'L-E3A00192' },
  { families: ['inf'], name: 'Inf', 'on-demand': 'L-1945791B', spot: 'L-B5D1601B' },
  { families: ['trn'], name: 'Trn', 'on-demand': 'L-2C3B7624', spot: 'L-6B0D517C' },
  { families: ['dl'], name: 'DL', 'on-demand': 'L-6E869C2A', spot: 'L-85EED4F7' },
];

/** Code of the quota that a type's vCPUs count against; undefined = none of the above */
export function quotaOf(type: string, purchase: Purchase): string | undefined {
  const [generation = '', letters = ''] = /^([a-z]+)\d*/.exec(type) ?? [];
  return VCPU_QUOTAS.find(({ families }) => families.includes(generation) || families.includes(letters))?.[purchase];
}

/** What the account may run in a region: quota code → vCPUs. undefined = not told */
export async function quotasOf(
  session: Session,
  region: string,
): Promise<Readonly<Record<string, number>> | undefined> {
  const fact = { region, what: 'quotas', within: seconds(86_400), check: isNumbers };
  const kept = await refreshed(session, fact, async () => {
    const read = await allPages<ServiceQuota, string>(async (token) => {
      const page = await session.ask(
        { region, class: 'read', api: 'servicequotas:ListServiceQuotas', attempts: 2 },
        () =>
          session.quotas(region).send(
            new ListServiceQuotasCommand({
              ServiceCode: 'ec2',
              MaxResults: 100,
              ...(token !== undefined && { NextToken: token }),
            }),
          ),
      );
      if (!page.ok) return page;
      return answered({ items: page.value.Quotas ?? [], ...(page.value.NextToken && { next: page.value.NextToken }) });
    });
    if (!read.ok) return read;
    const known = read.value.flatMap(({ QuotaCode: code, Value: value }) =>
      code && value !== undefined && value >= 0 ? [[code, value] as const] : [],
    );
    return answered(Object.fromEntries(known));
  });
  return kept?.value;
}

interface Room {
  readonly limits: Readonly<Record<string, number>>;
  /** undefined = not told: then a quota is the cap of each offering by itself */
  readonly machines: readonly Machine[] | undefined;
  readonly vcpuOf: (type: string) => number | undefined;
  /** whether a machine is a node of the fleet */
  readonly ours: (machine: Machine) => boolean;
}

interface Wanted {
  readonly type: string;
  readonly zone: string;
  readonly purchase: Purchase;
  readonly vcpu: number;
}

/** Most nodes of an offering that the quotas leave: those of the fleet that run now, and what still fits beside all else. */
export function quotaRoom({ limits, machines, vcpuOf, ours }: Room): (o: Wanted) => number | undefined {
  const used = new Map<string, number>();
  const own = new Map<string, number>();
  for (const m of machines ?? []) {
    if (m.state !== 'pending' && m.state !== 'running') continue;
    const purchase = m.spot ? 'spot' : 'on-demand';
    const code = quotaOf(m.type, purchase);
    if (code !== undefined) used.set(code, (used.get(code) ?? 0) + (vcpuOf(m.type) ?? 0));
    const key = `${m.zone} ${m.type} ${purchase}`;
    if (ours(m)) own.set(key, (own.get(key) ?? 0) + 1);
  }
  return ({ type, zone, purchase, vcpu }) => {
    const code = quotaOf(type, purchase);
    const limit = code === undefined ? undefined : limits[code];
    if (code === undefined || limit === undefined) return undefined;
    const free = Math.max(0, limit - (used.get(code) ?? 0));
    return (own.get(`${zone} ${type} ${purchase}`) ?? 0) + Math.floor(free / vcpu);
  };
}
