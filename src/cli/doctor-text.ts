import { counted, named } from '../figures.ts';
import { inert, wrapped } from '../plan/render/lines.ts';
import type { Paint } from '../plan/render/table.ts';
import type { Finding } from '../ports.ts';
import type { Examined } from '../wire/examine.ts';

const STATES: readonly Finding['state'][] = ['failed', 'missing', 'unknown', 'ok'];
const WIDTH = 100;
/** What went well is told in full up to so many of a kind, then counted. */
const MOST_OK = 3;

/** Cloud by cloud, what is wrong first, and at the end what would set the rights right. */
export function doctorText(clouds: readonly Examined[], paint?: Paint): string {
  const plain = (text: string): string => text;
  const { title, warn, bad, up, dim } = paint ?? { title: plain, warn: plain, bad: plain, up: plain, dim: plain };
  const ink = { failed: bad, missing: bad, unknown: warn, ok: dim } satisfies Record<Finding['state'], typeof title>;
  const lines = clouds.flatMap((cloud) => [
    title(headOf(cloud)),
    ...told(cloud.findings).flatMap(({ state, about, what, detail, remedy }) => [
      `  ${ink[state](state.padEnd(8))} ${about.padEnd(12)} ${inert(what)}`,
      ...(detail === '' ? [] : indented(detail)),
      ...(remedy === undefined ? [] : indented(`→ ${remedy}`)),
    ]),
    '',
  ]);
  const policies = clouds.flatMap(({ provider, grant }) =>
    grant === undefined ? [] : [up(`What would grant ${provider} exactly what is missing:`), grant.trimEnd(), ''],
  );
  return `${[...lines, ...policies, summaryOf(clouds)].join('\n')}\n`;
}

const indented = (text: string): readonly string[] =>
  wrapped(inert(text), WIDTH - 24).map((line) => `${' '.repeat(24)}${line}`);

function headOf({ provider, asked, calls }: Examined): string {
  return asked ? `${provider}, asked with ${counted(calls, 'API call')}` : `${provider}, not asked`;
}

/** Gravest first; what is the same in several places once; of many that went well, how many. */
function told(findings: readonly Finding[]): readonly Finding[] {
  const once = togetherOverPlaces(findings);
  return STATES.flatMap((state) => {
    const same = once.filter((finding) => finding.state === state);
    if (state !== 'ok') return same;
    return [...new Set(same.map(({ about }) => about))].flatMap((about): readonly Finding[] => {
      const some = same.filter((finding) => finding.about === about);
      if (some.length <= MOST_OK) return some;
      return [
        { about, what: `${counted(some.length, 'check')}: ${named(some.map(({ what }) => what))}`, state, detail: '' },
      ];
    });
  });
}

/** `X in us-east-1` and `X in eu-west-1`, alike but for the place, as `X in us-east-1 and eu-west-1`. */
function togetherOverPlaces(findings: readonly Finding[]): readonly Finding[] {
  const alike = new Map<string, { readonly first: Finding; readonly what: string; readonly places: string[] }>();
  for (const finding of findings) {
    const [, what = finding.what, place] = /^(.*) in (\S+)$/.exec(finding.what) ?? [];
    const { state, about, detail, remedy } = finding;
    const key = JSON.stringify([state, about, what, detail, remedy, place === undefined]);
    const known = alike.get(key);
    if (known) known.places.push(place ?? '');
    else alike.set(key, { first: finding, what, places: place === undefined ? [] : [place] });
  }
  return [...alike.values()].map(({ first, what, places }) =>
    places.length > 1 ? { ...first, what: `${what} in ${named([...new Set(places)])}` } : first,
  );
}

function summaryOf(clouds: readonly Examined[]): string {
  const findings = clouds.flatMap((cloud) => cloud.findings);
  const wrong = findings.filter(({ state }) => state === 'missing' || state === 'failed').length;
  const unsure = findings.filter(({ state }) => state === 'unknown').length;
  const of = counted(findings.length, 'check');
  const maybe = unsure === 0 ? '' : `, ${unsure} could not be told`;
  return wrong === 0 ? `${of}, nothing is missing${maybe}` : `${of}, ${counted(wrong, 'thing')} to set right${maybe}`;
}

export function doctorJson(clouds: readonly Examined[]): string {
  return `${JSON.stringify({ schemaVersion: 1, clouds }, null, 2)}\n`;
}

/** The documents alone, ready for a file; nothing where nothing is missing. */
export function doctorPolicies(clouds: readonly Examined[]): string {
  return clouds.flatMap(({ grant }) => (grant === undefined ? [] : [`${grant.trimEnd()}\n`])).join('---\n');
}
