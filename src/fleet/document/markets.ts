import { z } from 'zod';
import { otherwise, named, section, set } from './kinds/group.ts';
import { amount } from './kinds/number.ts';
import { holidays } from './events.ts';
import { name, place, placePattern, timeZone } from './kinds/text.ts';
import { say } from '../finding.ts';

const latencyMs = otherwise(
  z
    .record(place('A place.', 'aws/eu-central-1'), amount('ms', 'Round trip to that place.', 12, 60_000), {
      error: () => say('not a set of places', 'write provider/region, a colon and milliseconds'),
    })
    .meta({
      description:
        'Median round trip from the market’s users to each place, as their clients measure it. A place without a figure is closed to services with latencyAtMostMs: an unknown distance is not a short one.',
    }),
  {},
);

const market = section('One market: people who are served alike.', {
  timeZone: timeZone('Time zone of its users: their days and holidays shape the load.', 'Europe/Berlin'),
  holidays: holidays.exactOptional(),
  latencyMs,
  residency: set(
    'Places that may hold its users’ data, * for any run of characters. It binds every service that does not say holdsUserData: false. Left out: any place.',
    'a place',
    placePattern('A pattern of places.', 'aws/eu-*'),
  ).exactOptional(),
});

/** Where the users are. */
export const markets = named(
  'Where the users are, by a name of your own.',
  'a market',
  name('A market.', 'eu'),
  market,
);
