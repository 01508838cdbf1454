import { count, counted, named, percent } from '../../figures.ts';
import type { Allowed } from '../../fleet/fleet.ts';
import { DIMENSIONS, type Dimension, type Options } from './options.ts';
import type { Opening, Relaxation } from './relax.ts';
import { type Figure, isTogether, type Rule } from './rules.ts';
import { domainOf } from './scene.ts';

/** A rule as a person would say it. */
export function inWords(options: Options, rule: Rule, relaxation: Relaxation | undefined): string {
  if ('groups' in rule) {
    const { kind, groups } = rule;
    if (kind === 'allow') {
      return `${named(groups.map((g) => options.groups[g]?.name ?? ''))} may only use ${allowedInWords(options, groups, relaxation)}`;
    }
    const [only] = groups;
    return groups.length === 1 && only !== undefined
      ? figureInWords(options, kind, only)
      : figuresInWords(options, kind, groups);
  }
  const { offerings, problem } = options;
  switch (rule.kind) {
    case 'vendorShareAtMost':
      return `${rule.provider} may have at most ${percent(problem.rules.vendorShareAtMost.get(rule.provider) ?? 1)} of the $/h`;
    case 'atLeast':
      return `${offerings[rule.offering]?.id} must keep at least ${counted(offerings[rule.offering]?.atLeast ?? 0, 'node')}`;
    case 'atMost':
      return limitInWords(options, rule.offerings);
    default:
      return rule satisfies never;
  }
}

function figureInWords(options: Options, kind: Figure, g: number): string {
  const group = options.groups[g];
  if (!group) return '';
  const { name, replicas, survive, spotAtMost, zoneSkew, perNodeAtMost } = group;
  switch (kind) {
    case 'replicas':
      return `${name} needs ${counted(replicas, 'replica')}`;
    case 'survive':
      return `${name} must keep ${percent(survive?.share ?? 0)} of its ${counted(replicas, 'replica')} after the loss of any one ${survive?.loss}${nowhereElse(options, g, survive?.loss ?? 'provider')}`;
    case 'reconnect':
      return `${name} must take in the clients of any one lost ${survive?.loss} in time`;
    case 'spotAtMost':
      return spotAtMost === 0
        ? `${name} tolerates no spot nodes`
        : `${name} may have at most ${percent(spotAtMost ?? 1)} of its ${counted(replicas, 'replica')} on spot nodes`;
    case 'zoneSkew':
      return `${name} may differ by at most ${counted(zoneSkew?.most ?? 0, 'replica')} between ${zoneSkew?.within === 'all' ? 'any two zones' : 'zones of a region'}`;
    case 'perNodeAtMost':
      return `${name} may have at most ${counted(perNodeAtMost ?? 0, 'replica')} on a node`;
    default:
      return kind satisfies never;
  }
}

/** Why no other share would help either: all nodes that hold the group go with one loss. */
function nowhereElse({ offerings, fits, fine }: Options, g: number, loss: 'provider' | 'region' | 'zone'): string {
  const domains = new Set<string>();
  fine.of.forEach((l, o) => {
    const at = fine.locations[l];
    if (at && (fits[g * offerings.length + o] as number) > 0) domains.add(domainOf(at, loss));
  });
  return domains.size === 1 ? `, and every offering that holds it is at ${[...domains][0]}` : '';
}

/** The same rule of many groups. */
function figuresInWords({ groups }: Options, kind: Figure, many: readonly number[]): string {
  const names = named(many.map((g) => groups[g]?.name ?? ''));
  switch (kind) {
    case 'replicas':
      return `${names} need ${counted(
        many.reduce((sum, g) => sum + (groups[g]?.replicas ?? 0), 0),
        'replica',
      )} together`;
    case 'survive':
      return `${names} must keep their shares of replicas after any one loss`;
    case 'reconnect':
      return `${names} must take in the clients of any one loss in time`;
    case 'spotAtMost':
      return `${names} may have only so many of their replicas on spot nodes`;
    case 'zoneSkew':
      return `${names} may differ by only so many replicas between zones`;
    case 'perNodeAtMost':
      return `${names} may have only so many replicas on a node`;
    default:
      return kind satisfies never;
  }
}

function limitInWords({ offerings }: Options, limited: readonly number[]): string {
  const nodes = limited.reduce((sum, o) => sum + (offerings[o]?.atMost ?? 0), 0);
  const ids = limited.map((o) => offerings[o]?.id ?? '');
  if (ids.length === 1) return `the nodes that can be had of ${ids[0]} are at most ${count(nodes)}`;
  return `the nodes that can be had of ${ids.length} offerings are at most ${count(nodes)} (${named(ids)})`;
}

const PLAIN: Readonly<Record<Dimension, string>> = {
  provider: 'provider',
  place: 'place',
  region: 'region',
  zone: 'zone',
  arch: 'architecture',
  purchase: 'purchase',
  type: 'type',
  gpu: 'GPU',
};

/** What matters of an `allow`: the dimensions that would have to be opened, or all where none is known. */
function allowedInWords({ groups }: Options, [g]: readonly number[], relaxation: Relaxation | undefined): string {
  const allow: Allowed = groups[g ?? -1]?.allow ?? {};
  const opened = typeof relaxation?.to === 'object' ? relaxation.to.dimensions : [];
  const stated = DIMENSIONS.filter((d) => allow[d] !== undefined && (opened.length === 0 || opened.includes(d)));
  return stated
    .map((d) => {
      const patterns = allow[d] ?? [];
      return `${PLAIN[d]} ${patterns.length === 0 ? '(none)' : named(patterns, 4)}`;
    })
    .join(' and ');
}

/** What the rule would have to be. */
export function relaxationInWords(options: Options, rule: Rule, { to, offering }: Relaxation): string {
  if (typeof to === 'object') return openingInWords(to);
  switch (rule.kind) {
    case 'replicas':
      if (isTogether(rule)) return `${percent(1 - to / 1000)} fewer of each`;
      return to === 0 ? 'none' : `at most ${counted(to, 'replica')}`;
    case 'survive':
      return to === 0 ? 'no survive rule' : `survive share at most ${to}`;
    case 'reconnect':
      return `each replica taking in the clients of ${to} lost ones`;
    case 'spotAtMost':
      return `spotAtMost at least ${to}`;
    case 'zoneSkew':
      return `zoneSkew at least ${count(to)}`;
    case 'perNodeAtMost':
      return `perNodeAtMost at least ${count(to)}`;
    case 'vendorShareAtMost':
      return `vendorShareAtMost/${rule.provider} at least ${to}`;
    case 'atLeast':
      return to === 0 ? 'no such minimum' : `a minimum of at most ${counted(to, 'node')}`;
    case 'atMost': {
      const limited = options.offerings.find((o) => o.id === offering);
      const more = counted(to - (limited?.atMost ?? 0), 'more node', 'more nodes');
      return rule.offerings.length > 1 ? `${more} of ${limited?.id}` : more;
    }
    case 'allow':
      return 'allowing more';
    default:
      return rule satisfies never;
  }
}

function openingInWords({ dimensions, anyOf, among }: Opening): string {
  const what = dimensions.map((d) => PLAIN[d]).join(' and ');
  if (anyOf.length > 0) return `allowing ${anyOf.join(' or ')} too`;
  if (among.length === 1) return `allowing ${among[0]} too`;
  return `allowing another ${what} too, such as ${named(among, 2)}`;
}
