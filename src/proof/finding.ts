/** One claim of an answer, checked. */
export interface Finding {
  /** `fails`: the answer is wrong or does not prove what it says. `note`: true, and a reader should know it */
  readonly verdict: 'holds' | 'fails' | 'note';
  readonly claim: Claim;
  /** in words, with figures and units */
  readonly text: string;
}

/** What an answer claims, in the order in which it is told. */
export const CLAIMS = [
  'nodes',
  'fillings',
  'places',
  'availability',
  'coverage',
  'spot',
  'zones',
  'survival',
  'vendors',
  'cost',
  'bound',
  'certificate',
] as const;
export type Claim = (typeof CLAIMS)[number];

/** Faults told of each claim; what is wrong a hundred times is wrong for one reason. */
const MOST_FAULTS = 10;

/** What was found wrong with a claim, or that it holds. Undefined `holding`: nothing to say when all is well. */
export function judged(claim: Claim, faults: readonly string[], holding: string | undefined): readonly Finding[] {
  if (faults.length === 0) return holding === undefined ? [] : [{ verdict: 'holds', claim, text: holding }];
  const rest = faults.length - MOST_FAULTS;
  const told = rest > 0 ? [...faults.slice(0, MOST_FAULTS), `and ${rest} more of this kind`] : faults;
  return told.map((text) => ({ verdict: 'fails', claim, text }));
}
