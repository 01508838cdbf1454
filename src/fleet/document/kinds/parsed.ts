import { z } from 'zod';
import { say } from '../../finding.ts';

/** Why a value is refused, in words. */
export class Refusal {
  readonly message: string;
  constructor(problem: string, remedy: string) {
    this.message = say(problem, remedy);
  }
}

/** What a person is told about a field: the editor shows it, docs/fleet.md lists it. */
export interface Told {
  /** its kind and unit: `duration`, `USD per hour` */
  readonly title: string;
  readonly description: string;
  readonly examples: readonly (string | number)[];
  readonly pattern?: string;
  /** what VS Code says of a text that does not match: its own words would be the pattern */
  readonly patternErrorMessage?: string;
  readonly minimum?: number;
  readonly exclusiveMaximum?: number;
}

export type Parsed<I, O> = z.ZodPipe<z.ZodType<I, I>, z.ZodTransform<O, I>>;

/** A field whose text is checked with a function. What editors see is kept on the text, so that it survives the parse. */
export function parsed<I extends string | number, O>(
  input: z.ZodType<I, I>,
  told: Told,
  parse: (raw: I) => O | Refusal,
): Parsed<I, O> {
  return input.meta({ ...told }).transform((raw, context) => {
    const value = parse(raw);
    if (!(value instanceof Refusal)) return value;
    context.issues.push({ code: 'custom', input: raw, message: value.message });
    return z.NEVER;
  });
}

/** Text or a bare number, as YAML reads `500m` and `2`. */
export const textOrNumber = (message: string): z.ZodType<string | number, string | number> =>
  z.union([z.string(), z.number()], { error: () => message });
