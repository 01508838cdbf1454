import { z } from 'zod';
import { parseCpu, parseDuration, parseMemory } from '../../../quantity.ts';
import { instant, type Instant, type MiB, type MilliCores, type Seconds } from '../../../units.ts';
import { say } from '../../finding.ts';
import { parsed, Refusal, textOrNumber, type Parsed } from './parsed.ts';

/** `least` and `most` are durations as a person writes them: they stand in the description and in the refusal. */
export function duration(description: string, example: string, least = '0s', most = '366d'): Parsed<string, Seconds> {
  const remedy = 'write a number with its unit, like 90s, 5m, 1h30m or 2d';
  const told = {
    title: 'duration',
    description: `${description} From ${least} to ${most}.`,
    examples: [example],
    pattern: '^\\s*(\\d+(\\.\\d+)?(ms|s|m|h|d|w))+\\s*$',
    patternErrorMessage: remedy,
  };
  return parsed(z.string({ error: () => say('not a duration', remedy) }), told, (text) => {
    const value = parseDuration(text);
    if (value === undefined) return new Refusal('not a duration', remedy);
    if (value < (parseDuration(least) ?? 0)) return new Refusal(`shorter than ${least}`, `write ${least} or longer`);
    if (value > (parseDuration(most) ?? 0)) return new Refusal(`longer than ${most}`, `write ${most} or shorter`);
    return value;
  });
}

/** Kubernetes quantities (kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity) for editors. */
const QUANTITY = '^\\s*\\+?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?\\s*$';

/** @param most cores: more than that is millicores written without their m */
export function cpu(
  description: string,
  example: string,
  most: number,
  least = 0,
): Parsed<string | number, MilliCores> {
  const remedy = 'write cores as 2, 0.5 or 500m';
  const told = {
    title: 'cores',
    description,
    examples: [example],
    pattern: QUANTITY,
    patternErrorMessage: remedy,
    minimum: 0,
  };
  return parsed(textOrNumber(say('not a number of cores', remedy)), told, (raw) => {
    const value = parseCpu(raw);
    if (value === undefined) return new Refusal('not a number of cores', remedy);
    if (value < least) return new Refusal('no cores at all', remedy);
    return value > most * 1000 ? new Refusal(`more than ${most} cores`, `write millicores with an m: ${raw}m`) : value;
  });
}

/** Anything between nothing and 1 MiB is a number that lost its unit. */
export function memory(description: string, example: string, least: 0 | 1 = 0): Parsed<string | number, MiB> {
  const remedy = 'write it with its unit, like 512Mi or 4Gi';
  const told = {
    title: 'bytes',
    description,
    examples: [example],
    pattern: QUANTITY,
    patternErrorMessage: remedy,
    minimum: 0,
  };
  return parsed(textOrNumber(say('not an amount of memory', remedy)), told, (raw) => {
    const value = parseMemory(raw);
    if (value === undefined) return new Refusal('not an amount of memory', remedy);
    if (value === 0) return least === 0 ? value : new Refusal('no memory at all', remedy);
    if (value < 1) return new Refusal('less than 1 MiB', `${remedy}: ${raw} alone counts bytes`);
    return value > 1024 ** 3 ? new Refusal('more than 1 PiB', remedy) : value;
  });
}

/** A day, from its first moment in UTC. */
export function day(description: string, example: string): Parsed<string, Instant> {
  const remedy = 'write a date as 2027-06-01';
  const told = {
    title: 'date',
    description,
    examples: [example],
    pattern: '^\\d{4}-\\d{2}-\\d{2}$',
    patternErrorMessage: remedy,
  };
  return parsed(z.string({ error: () => say('not a date', remedy) }), told, (text) => {
    const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
    if (year === undefined) return new Refusal('not a date', remedy);
    if (year < '1990' || year > '2199') return new Refusal('not in this age', remedy);
    const ms = Date.UTC(Number(year), Number(month) - 1, Number(date));
    return new Date(ms).toISOString().startsWith(text) ? instant(ms) : new Refusal('no such day', remedy);
  });
}
