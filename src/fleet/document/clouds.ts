import type { z } from 'zod';
import { ARCHES } from '../../catalog/offering.ts';
import { awsAccess, azureAccess, contexts, gcpAccess, ownContext } from './access.ts';
import { choice, named, section, set } from './kinds/group.ts';
import { count, usdPerGb, usdPerHour } from './kinds/number.ts';
import { day } from './kinds/quantity.ts';
import { line, name, pattern, vendorName } from './kinds/text.ts';
import { allocatable } from './resources.ts';

const zones = (example: string) =>
  set('Zones the fleet may use. A zone that is not listed is never used.', 'a zone', vendorName('A zone.', example));

const vendor = <A extends z.ZodType>(description: string, region: string, zone: string, access: A) =>
  section(description, {
    access: access.exactOptional(),
    regions: named(
      'Regions the fleet may use, by the vendor’s name. A region that is not listed is never used.',
      'a region',
      vendorName('A region.', region),
      section('One region.', { zones: zones(zone), contexts: contexts.exactOptional() }),
    ),
  });

const nodeType = section('One kind of machine. Its price and size are stated here, because nobody publishes them.', {
  arch: choice('an architecture', ARCHES, 'Processor architecture.'),
  allocatable,
  gpuName: pattern(
    'Name of its GPU, as services’ allow.gpu names it; with allocatable GPUs only.',
    'l4',
  ).exactOptional(),
  usdPerHour: usdPerHour('What one machine costs an hour, whether rented or written off.', 0.62),
  source: line('Where that price comes from: contract, depreciation sheet.', 'hosting contract of March 2026'),
  asOf: day('The day the price was true.', '2026-03-01'),
  atMostPerZone: count('Machines of this kind there are in each zone.', 12, 1),
});

const cluster = section('One cluster on own or rented machines.', {
  zones: zones('rack-a'),
  context: ownContext.exactOptional(),
  egressUsdPerGb: usdPerGb('What one GB out of the cluster costs, to anywhere.', 0.005),
  nodeTypes: named(
    'Its machines, by a name of your own.',
    'a kind of machine',
    vendorName('A name.', 'metal-32'),
    nodeType,
  ),
});

/** Where the fleet may run. */
export const clouds = section('Where the fleet may run. A place is provider/region, such as aws/us-east-1.', {
  aws: vendor('Amazon Web Services.', 'us-east-1', 'us-east-1a', awsAccess).exactOptional(),
  azure: vendor('Microsoft Azure. Its zones are written in quotes.', 'westeurope', '1', azureAccess).exactOptional(),
  gcp: vendor('Google Cloud.', 'europe-west4', 'europe-west4-a', gcpAccess).exactOptional(),
  kubernetes: section('Own clusters. The place of one is kubernetes/ and its name.', {
    clusters: named('Own clusters by name.', 'a cluster', name('A name.', 'own-fra'), cluster),
  }).exactOptional(),
});
