import { placesOf } from '../places.ts';
import type { Check } from './check.ts';
import { unlessKnown, unlessMatched } from './known.ts';

export const checkMarkets: Check = (document, fleet) => {
  const places = placesOf(fleet);
  return Object.entries(document.markets).flatMap(([name, { latencyMs, residency }]) => [
    ...Object.keys(latencyMs).flatMap((place) =>
      unlessKnown(['markets', name, 'latencyMs', place], place, places, 'place in clouds', true),
    ),
    ...unlessMatched(['markets', name, 'residency'], residency, places, 'place'),
  ]);
};
