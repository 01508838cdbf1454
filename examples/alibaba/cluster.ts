import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { clusterYaml } from '../../providers/alibaba/cluster-yaml.ts';
import { nodeTypesOf, PARITY_OF_2024_10_24 } from '../../providers/alibaba/node-types.ts';
import { readPriceList } from '../../providers/alibaba/price-list.ts';
import { matchesAny } from '../../src/fleet/glob.ts';
import { lineOf } from '../../src/trouble.ts';
import { instant } from '../../src/units.ts';

/** Writes a cluster on Alibaba Cloud for a fleet file: see the README beside it. */
const [file, region, zones, types, egress, atMost] = process.argv.slice(2);
if (!file || !region || !zones || !types || !(Number(egress) >= 0) || !(Number(atMost) >= 1)) {
  console.error(
    'usage: npx tsx examples/alibaba/cluster.ts PRICES.json[.gz] REGION ZONE,ZONE TYPE,TYPE EGRESS_USD_PER_GB MOST_PER_ZONE',
  );
  process.exit(64);
}
const bytes = readFileSync(file);
const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
const exchange = PARITY_OF_2024_10_24;
const list = readPriceList(text, file, exchange.cnyPerUsd);
if (!list.ok) {
  for (const trouble of list.troubles) console.error(lineOf(trouble));
  process.exit(1);
}
const nodeTypes = nodeTypesOf(list.value, {
  region,
  zones: zones.split(','),
  wants: (type) => matchesAny(types.split(','), type),
  exchange,
  listedOn: instant(Date.UTC(2024, 9, 1)),
  atMostPerZone: Number(atMost),
});
if (nodeTypes.length === 0) {
  console.error(`${file} has no such machines in ${region}: it has ${[...list.value.regions.keys()].join(', ')}`);
  process.exit(1);
}
console.log(
  clusterYaml({ name: `alibaba-${region}`, zones: zones.split(','), egressUsdPerGb: Number(egress), nodeTypes }),
);
