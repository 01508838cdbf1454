/**
 * Bad input as a value. Every reader of outside data answers with {@link Checked}; only the command line turns
 * troubles into lines on stderr and an exit code.
 */
export interface Trouble {
  /** the file as the user named it, or a URL without its secrets */
  readonly file: string;
  /** 1-based; absent where the input has no lines (JSON over the wire, a URL) */
  readonly line?: number;
  readonly column?: number;
  /** where inside the document: `services.gateway.requests.cpu` */
  readonly at?: string;
  /** what stood there, shortened to one line */
  readonly value?: string;
  /** what is wrong with it */
  readonly problem: string;
  /** what would be right */
  readonly remedy: string;
}

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly troubles: readonly Trouble[] };

export const good = <T>(value: T): Checked<T> => ({ ok: true, value });
export const bad = (...troubles: readonly Trouble[]): Checked<never> => ({ ok: false, troubles });

/** One line: `fleet.yaml:12:9: services.gateway.spot.atMost is 140%: over 100%; write a share from 0% to 100%` */
export function lineOf(t: Trouble): string {
  const place = [t.file, t.line, t.column].filter((part) => part !== undefined).join(':');
  const subject = [t.at, t.value === undefined ? undefined : `is ${shortened(t.value)}`].filter(Boolean).join(' ');
  return `${place}: ${subject === '' ? '' : `${subject}: `}${t.problem}; ${t.remedy}`.replaceAll(/[\r\n]+/g, ' ');
}

/** A value fit to print on a terminal: one line, at most 60 characters, control and bidi characters shown as escapes. */
export const shortened = (value: string): string => shortenedTo(60, value);

/** The same for a sentence of somebody else's, which needs more room than a value. */
export function shortenedTo(most: number, value: string): string {
  const text = printable(value);
  return text.length > most ? `${text.slice(0, most - 3)}…` : text;
}

/** Control and bidi characters shown as escapes, so that nothing from outside can steer a terminal. */
export function printable(value: string): string {
  return value.replaceAll(
    // eslint-disable-next-line no-control-regex -- these are the very characters that must not reach a terminal
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The exit codes of every command. */
export const EXIT = {
  ok: 0,
  error: 1,
  /** only with --detailed-exitcode: the plan has steps */
  changes: 2,
  /** a policy or budget says stop */
  violation: 3,
  /** facts are stale, missing or incomplete */
  incomplete: 4,
  /** the plan is stale or a lock is held */
  stale: 5,
  usage: 64,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
