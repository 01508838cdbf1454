import { choice, otherwise, section } from './kinds/group.ts';
import { count, share, usdPerHour, usdPerMonth } from './kinds/number.ts';
import { duration } from './kinds/quantity.ts';

const cap = (who: string) => share(`Largest share for ${who}. Left out: no limit.`, '60%').exactOptional();

/** What every plan must respect. */
export const policies = otherwise(
  section('What every plan must respect.', {
    vendorShareAtMost: otherwise(
      section('Largest share of the fleet’s hourly cost of nodes, at list price, with any one provider.', {
        aws: cap('AWS'),
        azure: cap('Azure'),
        gcp: cap('Google Cloud'),
        kubernetes: cap('own clusters'),
      }),
      {},
    ),
    headroom: share('Room on top of the load’s quantile, as a share of it.', '5%').prefault('0%'),
    budget: section('What the fleet may cost. At least one of the two amounts.', {
      usdPerHour: usdPerHour('Most for any hour.', 900).exactOptional(),
      usdPerMonth: usdPerMonth('Most for a month of 730 hours.', 600_000).exactOptional(),
      over: choice(
        'what to do',
        ['hold', 'stop'],
        'What becomes of a plan above it: hold it until a person approves, or stop it.',
      ).prefault('hold'),
    })
      .meta({
        anyOf: [{ required: ['usdPerHour'] }, { required: ['usdPerMonth'] }],
      })
      .exactOptional(),
    churn: otherwise(
      section('How much one cycle may change.', {
        startsPerCycle: count('Most nodes started in one cycle; 0 = none. Left out: no limit.', 80, 0).exactOptional(),
        drainsPerCycle: count('Most nodes drained in one cycle; 0 = none. Left out: no limit.', 20, 0).exactOptional(),
        payback: duration(
          'Time within which replacing running nodes by cheaper ones must pay for itself.',
          '6h',
          '1m',
          '90d',
        ).prefault('6h'),
      }),
      {},
    ),
    freshness: otherwise(
      section('How old facts may be.', {
        pricesAtMost: duration('A plan on older prices is held.', '2d', '1h', '3650d').prefault('90d'),
        signalsAtMost: duration(
          'A plan on older load never shrinks anything and is held.',
          '30m',
          '1m',
          '366d',
        ).prefault('30m'),
      }),
      {},
    ),
  }),
  {},
);
