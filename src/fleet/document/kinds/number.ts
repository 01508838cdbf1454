import { z } from 'zod';
import { share as shareOf, usdPerGb as usdPerGbOf, usdPerHour as usdPerHourOf } from '../../../units.ts';
import type { Share, UsdPerGb, UsdPerHour } from '../../../units.ts';
import { parsePercent } from '../../../quantity.ts';
import { say } from '../../finding.ts';
import { parsed, Refusal, textOrNumber, type Parsed } from './parsed.ts';

/** How many of something: whole, from `least` to `most`. */
export function count(description: string, example: number, least = 0, most = 1_000_000): z.ZodInt {
  const remedy = `write a whole number from ${least} to ${most}, without quotes or unit`;
  return z
    .int({ error: (issue) => say(typeof issue.input === 'number' ? 'not a whole number' : 'not a number', remedy) })
    .min(least, { error: () => say(`less than ${least}`, remedy) })
    .max(most, { error: () => say(`more than ${most}`, remedy) })
    .meta({ title: 'count', description, examples: [example] });
}

/** A number above zero in the unit that `title` names. */
export function amount(title: string, description: string, example: number, most = 1e12): z.ZodNumber {
  const remedy = `write a number above 0, without quotes or unit, like ${example}`;
  return z
    .number({ error: () => say('not a number', remedy) })
    .positive({ error: () => say('not above 0', remedy) })
    .max(most, { error: () => say(`more than ${most}`, remedy) })
    .meta({ title, description, examples: [example] });
}

function rate(title: string, description: string, example: number, most: number): z.ZodNumber {
  const remedy = `write ${title} as a number, without quotes or currency, like ${example}`;
  return z
    .number({ error: () => say('not a number', remedy) })
    .min(0, { error: () => say('less than 0', remedy) })
    .max(most, { error: () => say(`more than ${most} ${title}`, remedy) })
    .meta({ title, description, examples: [example] });
}

export const usdPerHour = (description: string, example: number): z.ZodPipe<z.ZodNumber, z.ZodTransform<UsdPerHour>> =>
  rate('USD per hour', description, example, 1e7).transform((n) => usdPerHourOf(n));

export const usdPerGb = (description: string, example: number): z.ZodPipe<z.ZodNumber, z.ZodTransform<UsdPerGb>> =>
  rate('USD per GB', description, example, 1000).transform((n) => usdPerGbOf(n));

export const usdPerMonth = (description: string, example: number): z.ZodNumber =>
  rate('USD per month', description, example, 1e10);

/** A share of a whole. A bare 1 is refused: some mean the whole by it, others one per cent. */
export function share(description: string, example: string): Parsed<string | number, Share> {
  const remedy = 'write a share from 0% to 100%, like 40% or 0.4';
  const told = {
    title: 'share',
    description,
    examples: [example],
    pattern: '^\\s*\\d+(\\.\\d+)?\\s*%\\s*$',
    patternErrorMessage: remedy,
    minimum: 0,
    exclusiveMaximum: 1,
  };
  return parsed(textOrNumber(say('not a share', remedy)), told, (raw) => {
    const value = parsePercent(raw);
    if (value === undefined) return new Refusal('not a share', remedy);
    if (value < 0) return new Refusal('less than 0%', remedy);
    if (raw === 1) return new Refusal('it may mean 1% or 100%', 'write 1% or 100%');
    if (value > 1) return new Refusal('over 100%', raw === value && value <= 100 ? `write ${value}%` : remedy);
    return shareOf(value);
  });
}

/** Strictly between 0 and 1: nothing ever covers all of what may happen. */
export function quantile(description: string, example: number): z.ZodNumber {
  const remedy = 'write a number above 0 and below 1, like 0.99';
  return z
    .number({ error: () => say('not a quantile', remedy) })
    .gt(0, { error: () => say('not above 0', remedy) })
    .lt(1, { error: () => say('not below 1', remedy) })
    .meta({ title: 'quantile', description, examples: [example] });
}
