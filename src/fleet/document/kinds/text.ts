import { z } from 'zod';
import { PROVIDERS } from '../../../catalog/offering.ts';
import { say } from '../../finding.ts';
import { parsed, Refusal, type Parsed } from './parsed.ts';

type Text = Parsed<string, string>;

/** A text that must have a certain form; `what` names it: `a name`. A field may know a better remedy than its form does. */
export function formed(title: string, what: string, pattern: RegExp, inGeneral: string) {
  return (description: string, example: string, remedy: string = inGeneral): Text =>
    parsed(
      z.string({
        error: ({ input }) =>
          typeof input === 'number' && pattern.test(String(input))
            ? say(`a number, not ${what}`, `put it in quotes: '${input}'`)
            : say(`not ${what}`, remedy),
      }),
      { title, description, examples: [example], pattern: pattern.source, patternErrorMessage: remedy },
      (text) => (pattern.test(text) ? text : new Refusal(`not ${what}`, remedy)),
    );
}

/** A name that the fleet's owner gives: a DNS label, because it ends up in labels, metrics and pool names. */
export const name = formed(
  'name',
  'a name',
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  'write up to 63 lower-case letters, digits and inner hyphens',
);

/** A name in a vendor's own spelling: region, zone, instance type. */
export const vendorName = formed(
  'name',
  'a name in the vendor’s spelling',
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$/,
  'write letters, digits, dots, hyphens and underscores',
);

export const poolName = formed(
  'name',
  'a pool’s name',
  /^[A-Za-z0-9][A-Za-z0-9._:@+=-]{0,254}$/,
  'write it as its cloud shows it, without spaces or slashes',
);

/** `*` stands for any run of characters. */
export const pattern = formed(
  'pattern',
  'a pattern',
  /^[A-Za-z0-9*][A-Za-z0-9._*-]{0,126}$/,
  'write a name, with * for any run of characters',
);

export const place = formed(
  'place',
  'a place',
  new RegExp(`^(?:${PROVIDERS.join('|')})/[A-Za-z0-9][A-Za-z0-9._-]*$`),
  'write provider/region, like aws/eu-central-1',
);

export const placePattern = formed(
  'place pattern',
  'a pattern of places',
  /^[a-z*]{1,32}\/[A-Za-z0-9._*-]{1,126}$/,
  'write provider/region with * for any run of characters, like aws/eu-*',
);

export const environmentVariable = formed(
  'environment variable',
  'the name of an environment variable',
  /^[A-Za-z_][A-Za-z0-9_]{0,126}$/,
  'write its name only, like PROM_TOKEN; the token itself does not belong in this file',
);

/** One line for people. */
export const line = formed(
  'text',
  'a line of text',
  // eslint-disable-next-line no-control-regex -- what must not reach a terminal
  /^(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,500}$/,
  'write one line, without control characters',
);

/** A text of any number of lines: a query. */
export const lines = formed('text', 'a query', /\S/, 'write the query in quotes, or below a |');

export function url(description: string, example: string): Text {
  const remedy = 'write an http:// or https:// address, like http://prometheus:9090';
  const told = { title: 'URL', description, examples: [example], pattern: '^https?://', patternErrorMessage: remedy };
  return parsed(z.string({ error: () => say('not a URL', remedy) }), told, (text) => {
    if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return new Refusal('not a URL', remedy);
    const { username, password, search, hash } = new URL(text);
    if (username !== '' || password !== '') {
      return new Refusal(
        'it holds a password',
        'take it out: a bearer token comes from the variable that tokenEnv names',
      );
    }
    return search === '' && hash === '' ? text : new Refusal('it ends in a query', 'write it without ? and #');
  });
}

/** Checked by asking the JavaScript engine's own table of zones. */
export function timeZone(description: string, example: string): Text {
  const remedy = 'write its IANA name, like Europe/Berlin';
  const told = { title: 'IANA time zone', description, examples: [example] };
  return parsed(z.string({ error: () => say('not a time zone', remedy) }), told, (text) =>
    isTimeZone(text) ? text : new Refusal('not a known time zone', remedy),
  );
}

function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A CSV file, relative to the fleet file's folder. */
export const filePath = formed(
  'file',
  'a file',
  // eslint-disable-next-line no-control-regex -- what no file name may hold
  /^(?=.*\S)[^\u0000-\u001f\u007f]{1,1000}$/,
  'write its path, relative to the folder of the fleet file',
);
