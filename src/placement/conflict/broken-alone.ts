import { DIMENSIONS, type Location, type Options } from './options.ts';
import { placesOf, usable } from './places.ts';
import { type Rule, stated } from './rules.ts';
import { domainOf } from './scene.ts';

/**
 * Rules that can't be kept even alone, found by counting: what there is to say when the solver gives no answer. Each
 * clashes with what there is to choose from, not with another rule.
 */
export function brokenAlone(options: Options): Rule[] {
  return [
    ...options.groups.flatMap((_, g) => brokenOfGroup(options, g)),
    ...brokenShares(options),
    ...brokenLimits(options),
  ];
}

function brokenOfGroup(options: Options, g: number): Rule[] {
  const group = options.groups[g];
  if (!group) return [];
  const terms = stated(options);
  const places = placesOf(options, g, options.fine, undefined);
  const allowed = usable(options, places, terms, g);
  if (allowed.length === 0) {
    return DIMENSIONS.some((d) => group.allow[d] !== undefined) ? [{ kind: 'allow', groups: [g] }] : [];
  }
  const found: Rule[] = [];
  const spotMost = (group.spotAtMost ?? 1) * group.replicas + 1e-9;
  if (spotMost < group.replicas && allowed.every((at) => at.purchase === 'spot')) {
    found.push({ kind: 'spotAtMost', groups: [g] });
  }
  if (group.survive) {
    const { loss, share } = group.survive;
    const firm = allowed.filter((at) => at.purchase !== 'spot' || (group.spotAtMost ?? 1) > 0);
    if (share > 0 && new Set(firm.map((at) => domainOf(at, loss))).size < 2)
      found.push({ kind: 'survive', groups: [g] });
  }
  if (held(options, g, allowed) < group.replicas) found.push({ kind: 'replicas', groups: [g] });
  return found;
}

/** Replicas of one group that all the nodes that can be had would hold, were it alone there. */
function held({ offerings, fits, blocked, groups }: Options, g: number, allowed: readonly Location[]): number {
  if (allowed.length === 0) return 0;
  return offerings.reduce((sum, o, i) => {
    const at = g * offerings.length + i;
    if ((blocked[at] as number) !== 0 || (fits[at] as number) <= 0) return sum;
    return sum + Math.min(fits[at] as number, groups[g]?.perNodeAtMost ?? Infinity) * (o.atMost ?? Infinity);
  }, 0);
}

/** Caps that leave part of the bill to no one. */
function brokenShares({ problem, offerings, groups }: Options): Rule[] {
  const shares = problem.rules.vendorShareAtMost;
  const providers = [...new Set<string>(offerings.map((o) => o.provider))].toSorted();
  const sum = providers.reduce((all, provider) => all + (shares.get(provider) ?? 1), 0);
  if (groups.length === 0 || sum >= 1 - 1e-9) return [];
  return providers.map((provider) => ({ kind: 'vendorShareAtMost', provider }));
}

function brokenLimits({ offerings }: Options): Rule[] {
  return offerings.flatMap((o, i) =>
    (o.atLeast ?? 0) > (o.atMost ?? Infinity)
      ? [
          { kind: 'atLeast', offering: i },
          { kind: 'atMost', offerings: [i] },
        ]
      : [],
  );
}
