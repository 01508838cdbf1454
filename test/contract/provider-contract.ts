import { describe, expect, it } from 'vitest';
import { ADVERSE_CASES } from './adverse-cases.ts';
import { LISTING_CASES } from './listing-cases.ts';
import { ORDER_CASES } from './order-cases.ts';
import type { Subject } from './subject.ts';

export type { Subject } from './subject.ts';

/**
 * What every provider promises, whatever its cloud is like. Each case has a cloud of its own, scripts the faults it is
 * about, and ends by asserting that they fired.
 *
 * @param options.without cases that this cloud cannot have, each as `name: reason`
 */
export function providerContract(
  name: string,
  setUp: () => Promise<Subject>,
  { without = [] }: { readonly without?: readonly string[] } = {},
): void {
  describe(`${name} keeps the contract of providers`, () => {
    const cases = [...LISTING_CASES, ...ORDER_CASES, ...ADVERSE_CASES];
    const reasonOf = (title: string): string | undefined =>
      without.find((entry) => entry.startsWith(`${title}: `))?.slice(title.length + 2);

    for (const { name: title, run } of cases) {
      const reason = reasonOf(title);
      if (reason !== undefined) {
        it.skip(`${title} (${reason})`, () => undefined);
        continue;
      }
      it(title, async () => {
        const subject = await setUp();
        try {
          await run(subject);
          expect(subject.world.faults.unfired(), 'faults that never fired').toEqual([]);
        } finally {
          await subject.close();
        }
      });
    }

    it('leaves out only cases that there are', () => {
      const titles = cases.map((c) => c.name);
      expect(without.filter((entry) => !titles.some((title) => entry.startsWith(`${title}: `)))).toEqual([]);
    });
  });
}
