import { z } from 'zod';
import type { EventTime } from '../../fleet.ts';
import { say } from '../../finding.ts';
import { parsed, Refusal, type Parsed } from './parsed.ts';

const WHEN = /^(\d{4}-\d{2}-\d{2})(?:T((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?$/;

/** Events happen by the clocks of those whom they concern: a date or time without a zone is local to each market. */
export function when(description: string, example: string): Parsed<string, EventTime> {
  const remedy =
    'write a date as 2027-02-05, or a time as 2027-02-05T20:00 with Z or +08:00 behind it unless it is local';
  const told = {
    title: 'date or time',
    description,
    examples: [example],
    pattern: WHEN.source,
    patternErrorMessage: remedy,
  };
  return parsed(z.string({ error: () => say('not a date or time', remedy) }), told, (text) => {
    const [, day, time, zone] = WHEN.exec(text) ?? [];
    if (day === undefined) return new Refusal('not a date or time', remedy);
    const midnight = Date.parse(`${day}T00:00Z`);
    // Date.parse takes 30 February for 2 March
    if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) {
      return new Refusal('no such day', remedy);
    }
    if (day < '1990' || day >= '2200') return new Refusal('not in this age', remedy);
    if (time === undefined) return { ms: midnight, kind: 'day' };
    return { ms: Date.parse(`${day}T${time}${zone ?? 'Z'}`), kind: zone === undefined ? 'local' : 'zoned' };
  });
}
