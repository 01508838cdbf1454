import type { Flow, Problem, Rules } from '../placement/problem.ts';

/** A problem as plain data, fit for a structured clone: prices of traffic as tables, for functions can't cross threads. */
export interface Carried {
  readonly problem: Omit<Problem, 'rules'>;
  readonly rules: Omit<Rules, 'flows'>;
  readonly flows: readonly CarriedFlow[];
  /** `provider/region` of every offering, then `internet` */
  readonly places: readonly string[];
}

interface CarriedFlow extends Omit<Flow, 'usdPerGb'> {
  /** USD per GB from place a to place b at [a × places + b]; from `internet` nothing is sent */
  readonly usdPerGb: Float64Array;
}

const INTERNET = 'internet';

export function carried({ rules: { flows, ...rules }, ...problem }: Problem): Carried {
  const places = [...new Set(problem.offerings.map((o) => `${o.provider}/${o.region}`)), INTERNET];
  return {
    problem,
    rules,
    places,
    flows: flows.map(({ usdPerGb, ...flow }) => ({ ...flow, usdPerGb: tableOf(places, flow.to, usdPerGb) })),
  };
}

/** The problem on the other side; its traffic has a price between the places of its offerings, and nowhere else. */
export function unpacked({ problem, rules, flows, places }: Carried): Problem {
  const at = new Map(places.map((place, i) => [place, i]));
  const indexOf = (place: string): number => {
    const i = at.get(place);
    if (i === undefined) throw new Error(`traffic is priced between the places of offerings, got ${place}`);
    return i;
  };
  return {
    ...problem,
    rules: {
      ...rules,
      flows: flows.map(({ usdPerGb, ...flow }) => ({
        ...flow,
        usdPerGb: (a, b) => usdPerGb[indexOf(a) * places.length + indexOf(b)] ?? 0,
      })),
    },
  };
}

/** Only the routes that a flow can take are asked for: to users, or between places. */
function tableOf(places: readonly string[], to: string, usdPerGb: Flow['usdPerGb']): Float64Array {
  const table = new Float64Array(places.length * places.length);
  places.forEach((a, i) => {
    if (a === INTERNET) return;
    places.forEach((b, j) => {
      if ((b === INTERNET) === (to === INTERNET)) table[i * places.length + j] = usdPerGb(a, b);
    });
  });
  return table;
}
