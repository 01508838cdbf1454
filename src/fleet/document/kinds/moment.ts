import { z } from 'zod';
import { instant, type Instant } from '../../../units.ts';
import { say } from '../../finding.ts';
import { parsed, Refusal, type Parsed } from './parsed.ts';

const MOMENT = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?Z$/;

/** A point in time in UTC: the Z is asked for, because a time without it means something else to everybody. */
export function moment(description: string, example: string): Parsed<string, Instant> {
  const remedy = 'write a time in UTC as 2026-11-20T18:00Z';
  const told = { title: 'time', description, examples: [example], pattern: MOMENT.source, patternErrorMessage: remedy };
  return parsed(z.string({ error: () => say('not a time', remedy) }), told, (text) => {
    const [, day] = MOMENT.exec(text) ?? [];
    if (day === undefined) return new Refusal('not a time in UTC', remedy);
    const ms = Date.parse(text);
    // Date.parse takes 30 February for 2 March
    if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(day)) return new Refusal('no such day', remedy);
    return day < '1990' || day >= '2200' ? new Refusal('not in this age', remedy) : instant(ms);
  });
}
