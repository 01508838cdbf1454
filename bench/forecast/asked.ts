import type { readBeside } from './beside.ts';
import type { ExpertsChoice } from './experts.ts';

/** What a person asked the bench for. */
export interface Asked {
  readonly folder: string;
  /** a part of a series' name, or a pattern with *; none = all */
  readonly series: readonly string[];
  /** names of methods; none = all of the part */
  readonly methods: readonly string[];
  readonly experts: ExpertsChoice;
  readonly origins: number;
  /** days of history that a method may see */
  readonly days: number;
  /** past origins from which rivals take their quantiles */
  readonly pastOrigins: number;
  /** rows of rivals from an earlier run, by part */
  readonly beside: ReturnType<typeof readBeside>;
  /** measure speed in this process, not in one of its own */
  readonly here: boolean;
  /** the bench's own file, to start such a process with */
  readonly script: string;
  /** prints one line where a person looks on; silent otherwise */
  readonly say: (line: string) => void;
}

/** Something that is wanted of the forecast, and what came out. */
export interface Claim {
  readonly what: string;
  readonly wanted: string;
  readonly figure: string;
  readonly met: boolean;
}

/** What one part found: its rows as a machine reads them. */
export interface Report {
  readonly part: string;
  readonly rows: readonly object[];
  readonly claims: readonly Claim[];
}

/** Whether a method was asked for. */
export const isAsked = ({ methods }: Pick<Asked, 'methods'>, name: string): boolean =>
  methods.length === 0 || methods.includes(name);

/** Whether a series was asked for. */
export function isChosen({ series }: Pick<Asked, 'series'>, name: string): boolean {
  return series.length === 0 || series.some((filter) => fits(name, filter));
}

function fits(name: string, filter: string): boolean {
  if (!filter.includes('*')) return name.includes(filter);
  const parts = filter.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
