import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { lossesOf } from '../../src/policy/loss.ts';

const standing = fc.record({
  provider: fc.constantFrom('aws', 'azure'),
  region: fc.constantFrom('east', 'west'),
  zone: fc.constantFrom('1', '2'),
  replicas: fc.nat(50),
});

it('what is lost and what remains add up, the worst first, and smaller losses are never worse', () => {
  fc.assert(
    fc.property(fc.array(standing, { maxLength: 12 }), (standings) => {
      const total = standings.reduce((sum, s) => sum + s.replicas, 0);
      const worst = (['provider', 'region', 'zone'] as const).map((kind) => {
        const losses = lossesOf(standings, kind);
        expect(losses.reduce((sum, l) => sum + l.lostReplicas, 0)).toBe(total);
        for (const loss of losses) expect(loss.remaining + loss.lostReplicas).toBe(total);
        const lost = losses.map((l) => l.lostReplicas);
        expect(lost).toEqual(lost.toSorted((a, b) => b - a));
        return lost[0] ?? 0;
      });
      expect(worst).toEqual(worst.toSorted((a, b) => b - a));
    }),
  );
});
