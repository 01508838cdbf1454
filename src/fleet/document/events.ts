import { z } from 'zod';
import { say } from '../finding.ts';
import { meant } from '../nearest.ts';
import { HOLIDAY_REGIONS } from './holiday-regions.ts';
import { flag } from './kinds/flag.ts';
import { list, otherwise, section, set } from './kinds/group.ts';
import { amount } from './kinds/number.ts';
import { parsed, Refusal } from './kinds/parsed.ts';
import { duration } from './kinds/quantity.ts';
import { line, name, timeZone } from './kinds/text.ts';
import { when } from './kinds/when.ts';

const REGIONS = new Set(HOLIDAY_REGIONS);

const region = parsed(
  z.string({ error: () => say('not a country or region', REGION_REMEDY) }),
  { title: 'ISO code', description: 'A country or one of its regions, by ISO 3166.', examples: ['DE-BY'] },
  (text) => (REGIONS.has(text) ? text : new Refusal('no such country or region here', regionMeant(text))),
);

const REGION_REMEDY = 'write ISO codes, like CN, DE or DE-BY';

/** A region that is not known may be one whose country has no holidays of its own regions. */
function regionMeant(text: string): string {
  const upper = text.toUpperCase();
  if (REGIONS.has(upper)) return `write ${upper}`;
  const country = upper.slice(0, 2);
  if (!/^[A-Z]{2}(-|$)/.test(upper) || !REGIONS.has(country)) return REGION_REMEDY;
  const near = HOLIDAY_REGIONS.filter((code) => code.startsWith(country));
  return near.length === 1 ? `write ${country}: its regions are not told apart` : meant(upper, near);
}

export const holidays = set(
  'Countries and regions whose public holidays its users keep, lunar ones included. What a holiday does is learnt from the past of each signal; one that did nothing does nothing. Left out: none.',
  'a country or region',
  region,
);

const between = z
  .array(amount('times', 'A bound.', 2, 10_000), { error: () => say('not two numbers', BETWEEN_REMEDY) })
  .length(2, { error: () => say('not two numbers', BETWEEN_REMEDY) })
  .meta({
    description: 'How sure that is: in four of five cases the load comes out within, times an ordinary one.',
    examples: [[2, 5]],
  });
const BETWEEN_REMEDY = 'write the lower and the upper bound, like [2, 5]';

const event = section('One event of your own.', {
  name: line('What it is. Events of one name teach one another.', 'launch of stickers'),
  from: when('When it begins. Without a zone it is by the clocks of each market.', '2027-02-05'),
  to: when(
    'When it is over, exclusive. Left out: the end of that day, or an hour after that time.',
    '2027-02-07',
  ).exactOptional(),
  markets: set('Markets it happens in. Left out: all.', 'a market', name('A market.', 'eu')).exactOptional(),
  times: amount(
    'times',
    'Load against an ordinary one. Left out: as earlier ones of its name, or of like, show.',
    3,
    10_000,
  ).exactOptional(),
  between: between.exactOptional(),
  ramp: duration('Over which the effect builds up evenly from nothing.', '2h', '0s', '28d').exactOptional(),
  like: line(
    'Another event in this list that it will resemble, last year’s for one.',
    'launch of reactions',
  ).exactOptional(),
  outage: otherwise(
    flag('Whether the past there is only left out of what is learnt: the load was not what users asked for.'),
    false,
  ),
});

export const events = otherwise(
  list('What the calendar does not know: launches, campaigns, outages of the past.', 'an event', event, 0),
  [],
);

/** An events file, as `godwit forecast --events` reads it. */
export const eventsDocument = section('Events that a series has seen or will see.', {
  timeZone: timeZone('Time zone of days and times without one.', 'Asia/Shanghai').prefault('UTC'),
  holidays: holidays.exactOptional(),
  midnight: otherwise(
    flag('Whether the minutes around a new year’s midnight are learnt apart: solar, and lunar where it is kept.'),
    true,
  ),
  events,
});

export type EventDocument = z.output<typeof event>;
