import { named } from '../../figures.ts';
import { bad, type Checked, type Trouble } from '../../trouble.ts';

/**
 * What is wrong in the same way in several places of a cloud, told once: credentials that are not there are not there
 * in any of its regions. Where a trouble is told as `aws us-east-1`, the cloud is the first word and the rest the place.
 */
export function together<T>(answer: Checked<T>): Checked<T> {
  if (answer.ok || answer.troubles.length < 2) return answer;
  const alike = new Map<string, { readonly first: Trouble; readonly cloud: string; readonly places: string[] }>();
  for (const trouble of answer.troubles) {
    const [cloud = '', ...place] = trouble.file.split(' ');
    const { at, value, problem, remedy } = trouble;
    const key = JSON.stringify([cloud, at, value, problem.replace(REQUEST, ''), remedy]);
    const known = alike.get(key) ?? { first: trouble, cloud, places: [] };
    known.places.push(place.join(' '));
    alike.set(key, known);
  }
  return bad(
    ...[...alike.values()].map(({ first, cloud, places }) =>
      places.length === 1 ? first : { ...first, file: `${cloud} ${named([...new Set(places)])}`.trim() },
    ),
  );
}

/** Every request has an id of its own; that of the first is enough to ask the vendor with. */
const REQUEST = /,? ?request [^\s)]+/;
