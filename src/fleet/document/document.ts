import { z } from 'zod';
import { say } from '../finding.ts';
import { clouds } from './clouds.ts';
import { commitments, discounts } from './contracts.ts';
import { events } from './events.ts';
import { section } from './kinds/group.ts';
import { duration } from './kinds/quantity.ts';
import { name } from './kinds/text.ts';
import { markets } from './markets.ts';
import { policies } from './policies.ts';
import { pools } from './pools.ts';
import { daemonsets } from './resources.ts';
import { services } from './services.ts';
import { prometheus, signals } from './signals.ts';
import { traffic } from './traffic.ts';

export const VERSION = 1;

/** The fleet file, field by field. What it means as a whole is checked in `../check/`. */
export const fleetDocument = section(
  'The fleet file of Godwit: where an instant-messaging platform may run, what it needs, what it must respect.',
  {
    version: z
      .literal(VERSION, { error: () => say('not a version of the fleet file', `write ${VERSION}, without quotes`) })
      .meta({ title: 'version', description: 'Version of this file’s form.', examples: [VERSION] }),
    name: name('Name of the fleet: it stands in plans, reports and metrics.', 'im-fleet'),
    cycle: duration('From one decision to the next.', '5m', '10s', '1d').prefault('5m'),
    horizon: duration('How far the forecast looks.', '24h', '5m', '28d').prefault('24h'),
    clouds,
    daemonsets,
    markets,
    events,
    prometheus: prometheus.exactOptional(),
    signals,
    services,
    traffic,
    pools,
    commitments,
    discounts,
    policies,
  },
);

export type FleetDocument = z.output<typeof fleetDocument>;
