import {
  living,
  ok,
  page,
  poolsSeen,
  refusal,
  type Ground,
  type Incoming,
  type Outgoing,
  type View,
} from './azure-ground.ts';
import { filtered, priceRows } from './azure-prices.ts';
import { operationBody, setMachine, usageNameOf } from './azure-shapes.ts';

export function listSkus(ground: Ground, request: Incoming): Outgoing {
  const region = /^location eq '([a-z0-9]+)'$/.exec(request.url.searchParams.get('$filter') ?? '')?.[1];
  const known = ground.world.regions.find((r) => r.provider === 'azure' && r.name === region);
  if (!known) return refusal(400, 'InvalidParameter', 'the filter names no location');
  const skus = known.types.map(({ name, family, vcpu, memory, arch, spot }) => ({
    resourceType: 'virtualMachines',
    name,
    tier: 'Standard',
    size: name.replace(/^Standard_/, ''),
    family: usageNameOf(family),
    locations: [known.name],
    locationInfo: [
      { location: known.name, zones: known.zones.filter((z) => z.sells(name)).map((z) => z.name), zoneDetails: [] },
    ],
    capabilities: [
      { name: 'vCPUs', value: String(vcpu) },
      { name: 'MemoryGB', value: String(memory / 1024) },
      { name: 'CpuArchitectureType', value: arch === 'arm64' ? 'Arm64' : 'x64' },
      { name: 'LowPriorityCapable', value: spot ? 'True' : 'False' },
    ],
    restrictions: ground.restrictions(name, known.name),
  }));
  const disk = {
    resourceType: 'disks',
    name: 'Premium_LRS',
    tier: 'Premium',
    size: 'P10',
    locations: [known.name],
    capabilities: [],
    restrictions: [],
  };
  return page(ground, request, [disk, ...skus]);
}

export function listUsages(ground: Ground, request: Incoming): Outgoing {
  const [region = ''] = request.path;
  const usages = ground.world.quota('azure', region).map(({ name, limit, used }) => ({
    unit: 'Count',
    limit,
    currentValue: used,
    name: { value: usageNameOf(name), localizedValue: usageNameOf(name) },
  }));
  return page(ground, request, usages);
}

export function getOperation({ world }: Ground, { path }: Incoming): Outgoing {
  const [region = '', id = ''] = path;
  const operation = world.operation(id);
  return operation ? ok(operationBody(world, operation, region)) : refusal(404, 'NotFound', `no operation ${id}`);
}

/** Resource Graph, as far as the adapter's one question: machines of scale sets in some groups. */
export function queryResources(ground: Ground, { body }: Incoming, view: View): Outgoing {
  if (!ground.resourceGraph) return refusal(403, 'AuthorizationFailed', 'not allowed');
  const { query = '', options = {} } = body as { query?: string; options?: { $top?: number; $skipToken?: string } };
  const asked =
    /^computeresources \| where type =~ '([^']+)' \| where resourceGroup in~ \(([^)]*(?:\([^)]*\))?[^)]*)\) \| project (.+) \| order by id asc$/.exec(
      query,
    );
  if (asked?.[1]?.toLowerCase() !== 'microsoft.compute/virtualmachinescalesets/virtualmachines') {
    return refusal(400, 'BadRequest', 'Please provide below info when asking for support: ParserFailure');
  }
  const groups = (asked[2] ?? '').split(',').map((group) => group.trim().replaceAll("'", '').toLowerCase());
  const rows = poolsSeen(ground, view)
    .flatMap((pool) => living(pool).map((instance) => setMachine(ground.place, pool, instance)))
    .filter(({ id }) => groups.includes((/\/resourceGroups\/([^/]+)/i.exec(String(id))?.[1] ?? '').toLowerCase()))
    .map(({ id, properties }) => {
      const p = properties as {
        provisioningState: string;
        timeCreated: string;
        osProfile: { computerName: string };
        instanceView: { statuses: { code: string }[] };
      };
      const power = p.instanceView.statuses[1]?.code ?? '';
      return { id, state: p.provisioningState, power, created: p.timeCreated, computer: p.osProfile.computerName };
    })
    .toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
  const from = Number(options.$skipToken ?? 0);
  const size = Math.min(options.$top ?? 100, ground.pageSize * 10);
  const more = rows.length > from + size;
  return ok({
    totalRecords: rows.length,
    count: Math.min(size, rows.length - from),
    data: rows.slice(from, from + size),
    facets: [],
    resultTruncated: more ? 'true' : 'false',
    ...(more && { $skipToken: String(from + size) }),
  });
}

export function listPrices(ground: Ground, { url }: Incoming, view: View): Outgoing {
  if (url.searchParams.get('meterRegion') !== "'primary'") return refusal(400, 'BadRequest', 'meterRegion');
  const rows = filtered(view.empty ? [] : priceRows(ground.world), url.searchParams.get('$filter') ?? '');
  if (!rows) return refusal(400, 'BadRequest', 'Invalid OData parameters supplied');
  const from = Number(url.searchParams.get('$skip') ?? 0);
  const size = ground.pageSize * 10;
  const next = new URL(`${url.pathname}${url.search}`, ground.root);
  next.searchParams.set('$skip', String(from + size));
  return ok({
    BillingCurrency: 'USD',
    CustomerEntityId: 'Default',
    CustomerEntityType: 'Retail',
    Items: rows.slice(from, from + size),
    NextPageLink: rows.length > from + size ? next.href : null,
    Count: rows.slice(from, from + size).length,
  });
}
