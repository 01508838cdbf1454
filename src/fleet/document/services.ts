import { ARCHES, PROVIDERS, PURCHASES } from '../../catalog/offering.ts';
import { choice, list, named, otherwise, section, set } from './kinds/group.ts';
import { workload } from './kinds/account.ts';
import { flag } from './kinds/flag.ts';
import { amount, count, quantile, share } from './kinds/number.ts';
import { duration } from './kinds/quantity.ts';
import { name, pattern, placePattern } from './kinds/text.ts';
import { requests, requestsThere } from './resources.ts';

const allow = section('Where and on what it may run. Each list left out: anything.', {
  provider: set('Providers it may use.', 'a provider', choice('a provider', PROVIDERS)).exactOptional(),
  place: set(
    'Places provider/region it may use, * for any run of characters.',
    'a place',
    placePattern('A pattern of places.', 'aws/eu-*'),
  ).exactOptional(),
  region: set(
    'Regions it may use, * for any run of characters.',
    'a region',
    pattern('A pattern of regions.', 'eu-*'),
  ).exactOptional(),
  zone: set(
    'Zones it may use, * for any run of characters.',
    'a zone',
    pattern('A pattern of zones.', 'eu-central-1a'),
  ).exactOptional(),
  arch: set(
    'Processor architectures it is built for.',
    'an architecture',
    choice('an architecture', ARCHES),
  ).exactOptional(),
  purchase: set('How its nodes may be bought.', 'a purchase', choice('a purchase', PURCHASES)).exactOptional(),
  type: set(
    'Instance types it may use, * for any run of characters.',
    'a type',
    pattern('A pattern of types.', 'm7i.*'),
  ).exactOptional(),
  gpu: set('GPUs it can use, by the maker’s name in lower case.', 'a GPU', pattern('A GPU.', 'l4')).exactOptional(),
});

const on = otherwise(
  list(
    'Nodes on which a replica is worth something else. The first that matches a node holds.',
    'a set of nodes',
    section('Some nodes, and what a replica asks for or carries on them.', {
      arch: set('Processor architectures.', 'an architecture', choice('an architecture', ARCHES)).exactOptional(),
      type: set(
        'Instance types, * for any run of characters.',
        'a type',
        pattern('A pattern of types.', 'm5.*'),
      ).exactOptional(),
      requests: requestsThere.exactOptional(),
      capacityPerReplica: amount(
        'load',
        'Load that one replica with the same requests carries there. Every replica of the service is counted at the least of the nodes it may use.',
        16_000,
      ).exactOptional(),
    }),
    0,
  ),
  [],
);

const LOSSES = ['provider', 'region', 'zone'] as const;

const service = section('One part of the platform that scales alone.', {
  signal: name('The signal that is its load.', 'connections', 'write the name of a signal'),
  capacityPerReplica: amount(
    'load',
    'Load, in the signal’s unit, that one replica carries within its objective.',
    20_000,
  ),
  requests,
  on,
  quantile: quantile(
    'Quantile of the load that must fit: 0.99 is exceeded in one step of a hundred. Left out: what costs say, without them 0.99.',
    0.99,
  ).exactOptional(),
  costs: section(
    'What a shortage and an idle replica cost, in place of a quantile: it is then shortage / (shortage + idle), each for one replica.',
    {
      shortageUsdPerUnitHour: amount(
        'USD per unit of load and hour',
        'Cost of one unit of load, in the signal’s unit, that is not carried for an hour.',
        0.0004,
      ),
      idleUsdPerReplicaHour: amount('USD per replica-hour', 'Cost of one replica that idles for an hour.', 0.09),
    },
  ).exactOptional(),
  replicas: otherwise(
    section('Bounds on its replicas, in each market.', {
      min: count('Fewest replicas.', 2, 0).prefault(1),
      max: count('Most replicas: a bound on what a wrong signal can cost.', 4000, 1).prefault(10_000),
    }),
    {},
  ),
  markets: set(
    'Markets it serves. Left out: every market of its signal.',
    'a market',
    name('A market.', 'eu'),
  ).exactOptional(),
  workload: workload(
    'The workload that runs its replicas in the clusters, {market} standing for the market. Its replicas, its pods that wait for a node and their requests are then read from the clusters; where every service has one, so is what each node carries. Left out: what this file states is all that is known.',
    'im/Deployment/gateway-{market}',
  ).exactOptional(),
  startUp: duration('From a node being ready to its replicas serving.', '60s', '0s', '1d').prefault('60s'),
  drain: duration(
    'Time over which one replica’s work is moved away without harm; long where connections must be moved.',
    '15m',
    '0s',
    '7d',
  ).prefault('60s'),
  shrink: section(
    'How fast replicas of a market may be let go, where drain alone would let all of them go at once. One of the two.',
    {
      replicasPerMinute: amount(
        'replicas per minute',
        'Replicas let go in a minute, in each market.',
        2,
      ).exactOptional(),
      loadPerMinute: amount(
        'load per minute',
        'Load, in the signal’s unit, that can be moved to other replicas in a minute, in each market.',
        100_000,
      ).exactOptional(),
    },
  ).exactOptional(),
  spot: otherwise(
    section('Use of spot nodes, which their cloud may take back at any time.', {
      atMost: share('Largest share of a market’s replicas on spot nodes.', '40%').prefault('0%'),
    }),
    {},
  ),
  allow: otherwise(allow, {}),
  perNodeAtMost: count(
    'Most replicas on one node: what a lost node may take. Left out: as many as fit.',
    4,
    1,
  ).exactOptional(),
  spread: section('How evenly its replicas lie.', {
    zoneSkew: count('Largest difference in replicas between the zones of any one region it runs in.', 2, 1),
  }).exactOptional(),
  survive: section('What must still stand after any one loss.', {
    loss: choice('a loss', LOSSES, 'What may be lost at once.'),
    share: share('Share of the replicas that must remain.', '70%'),
  }).exactOptional(),
  reconnect: section(
    'The storm after a loss, when every lost client comes back at once: survivors keep room to take them in. Without survive, after the loss of a provider.',
    {
      within: duration('Time within which every lost client must be back.', '60s', '1s', '1d'),
      handshakesPerSecond: amount('clients per second', 'Clients that one replica can take in beside its work.', 400),
    },
  ).exactOptional(),
  latencyAtMostMs: amount(
    'ms',
    'Longest round trip from its users. Left out: it does not face users.',
    60,
    60_000,
  ).exactOptional(),
  holdsUserData: flag(
    'Whether it holds users’ data, so that the residency of a market binds it. Said to be so unless you say false.',
  ).prefault(true),
});

/** The parts of the platform that scale alone. */
export const services = named(
  'The parts of the platform that scale alone, by name.',
  'a service',
  name('A service.', 'gateway'),
  service,
);
