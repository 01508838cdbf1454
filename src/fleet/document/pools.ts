import { PROVIDERS, PURCHASES } from '../../catalog/offering.ts';
import { choice, list, otherwise, section, set } from './kinds/group.ts';
import { count } from './kinds/number.ts';
import { line, name, pattern, poolName, vendorName } from './kinds/text.ts';

const declared = section('One pool as it runs now. Pools are zonal, so that they can be steered zone by zone.', {
  name: poolName('Its name at its cloud.', 'aws-use1a-gateway'),
  provider: choice('a provider', PROVIDERS, 'The cloud it runs on.'),
  region: vendorName('Its region, or the name of its own cluster.', 'us-east-1'),
  zone: vendorName('Its zone.', 'us-east-1a'),
  type: vendorName('Instance type in the vendor’s spelling, or node type of an own cluster.', 'm7i.4xlarge'),
  purchase: choice('a purchase', PURCHASES, 'How its nodes are bought.').prefault('on-demand'),
  nodes: count('Nodes it runs now.', 24),
  min: count('Fewest nodes it may run.', 0).prefault(0),
  max: count('Most nodes it may run.', 200),
});

/** 450 is the smallest of the clouds' own limits on one pool: EKS 450, AKS 1,000, GKE 1,000 a zone. */
const template = section('What new pools may look like. Without a template no pool is ever opened.', {
  name: name('Its name; it becomes part of the names of pools opened from it.', 'aws-general'),
  provider: choice('a provider', PROVIDERS, 'The cloud to open pools on.'),
  regions: set(
    'Regions to open pools in. Left out: all of the cloud’s in this file.',
    'a region',
    vendorName('A region.', 'us-east-1'),
  ).exactOptional(),
  types: set('Instance types, * for any run of characters.', 'a type', pattern('A pattern of types.', 'm7i.*')),
  purchase: otherwise(set('How nodes may be bought.', 'a purchase', choice('a purchase', PURCHASES)), ['on-demand']),
  max: count('Most nodes in one pool opened from it.', 120, 1).prefault(450),
  like: pattern(
    'The live pool of the same region that new ones are made like, * for any run of characters: all its settings but name, zone, type and purchase. Left out: plans count on such pools, but none is opened on a live cloud.',
    'aws-use1a-*',
  ).exactOptional(),
});

/** What runs now and what may be opened. */
export const pools = otherwise(
  section('The node pools: those that run now, and what new ones may look like.', {
    findByTag: section('How pools are found on the live clouds. Left out: only the declared ones are managed.', {
      key: line('The tag’s or label’s key.', 'godwit.io/fleet'),
      value: line('The tag’s or label’s value.', 'im-fleet'),
    }).exactOptional(),
    declared: otherwise(list('Pools that run now.', 'a pool', declared, 0), []),
    templates: otherwise(list('What new pools may look like.', 'a template', template, 0), []),
  }),
  {},
);
