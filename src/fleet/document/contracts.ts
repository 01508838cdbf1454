import { z } from 'zod';
import { say } from '../finding.ts';
import { choice, list, otherwise, section } from './kinds/group.ts';
import { count, share, usdPerHour, usdPerMonth } from './kinds/number.ts';
import { day, memory } from './kinds/quantity.ts';
import { poolName, vendorName } from './kinds/text.ts';

const VENDORS = ['aws', 'azure', 'gcp'] as const;
const KINDS = ['reserved-nodes', 'spend', 'resources'] as const;

const id = poolName('Its id at the vendor, or a name of your own.', 'ri-sin-m5');
const paid = usdPerHour(
  'What all of it costs an hour, used or not, with an upfront payment spread over the term.',
  18.15,
);
const until = day('First day after its term.', '2027-06-01');
const kind = <const K extends string>(value: K, description: string) =>
  z.literal(value).meta({ title: 'kind', description });

const reservedNodes = section('So many nodes of one type: AWS reserved instances, Azure reservations.', {
  id,
  kind: kind('reserved-nodes', 'So many nodes of one type.'),
  provider: choice('a vendor that sells reserved nodes', ['aws', 'azure'], 'Who it was bought from.'),
  region: vendorName('The region it holds for.', 'ap-southeast-1'),
  zone: vendorName(
    'The zone it holds for, when it is zonal. Left out: all of the region.',
    'ap-southeast-1a',
  ).exactOptional(),
  type: vendorName('The instance type it holds for.', 'm5.4xlarge'),
  count: count('Nodes that were bought.', 30, 1),
  usdPerHour: paid,
  until,
});

const spend = section('So many dollars of usage an hour: savings plans, Google’s flexible committed use.', {
  id,
  kind: kind('spend', 'So many dollars of usage an hour.'),
  provider: choice('a vendor', VENDORS, 'Who it was bought from.'),
  usdPerHour: paid,
  discount: share('How much under list the covered usage is priced.', '27%'),
  region: vendorName(
    'With family: an EC2 Instance Savings Plan of AWS. Left out: every region.',
    'us-east-1',
  ).exactOptional(),
  family: vendorName('With region: the family it holds for. Left out: every family.', 'm7i').exactOptional(),
  until,
});

const resources = section('vCPUs and memory of one family, each apart: Google’s resource-based committed use.', {
  id,
  kind: kind('resources', 'vCPUs and memory of one family.'),
  provider: choice('a vendor that sells committed vCPUs', ['gcp'], 'Who it was bought from.'),
  region: vendorName('The region it holds for.', 'europe-west4'),
  family: vendorName('The family it holds for.', 'n2d'),
  vcpu: count('vCPUs that were bought.', 64, 0),
  memory: memory('Memory that was bought.', '256Gi'),
  usdPerHour: paid,
  until,
});

/** What was bought ahead. */
export const commitments = otherwise(
  list(
    'What was bought ahead. It is paid for whether it is used or not, so a plan uses it up first. None of it covers spot.',
    'a commitment',
    z.discriminatedUnion('kind', [reservedNodes, spend, resources], {
      error: (issue) =>
        typeof issue.input === 'object' && issue.input !== null
          ? say('not a kind of commitment', `write kind: ${KINDS.join(', ')} (one of them)`)
          : say('not a set of fields', 'write fields such as id, kind and provider'),
    }),
    0,
  ),
  [],
);

const tier = section('One slice of the month’s bill.', {
  fromUsdPerMonth: usdPerMonth('Where the slice begins; it ends where the next begins.', 50_000),
  percent: share('Discount on the slice.', '5%'),
});

const discount = section('A discount that was negotiated with one vendor: percent or tiers, one of the two.', {
  provider: choice('a vendor', VENDORS, 'Who grants it.'),
  on: choice('a choice', ['on-demand', 'all'], 'What it holds for: on-demand nodes, or spot nodes too.'),
  percent: share('One discount on everything.', '9%').exactOptional(),
  tiers: list(
    'Marginal tiers, the first from 0: each discount holds for its own slice of the month’s bill only.',
    'a tier',
    tier,
  ).exactOptional(),
}).meta({
  oneOf: [{ required: ['percent'] }, { required: ['tiers'] }],
});

/** What was negotiated. */
export const discounts = otherwise(
  list(
    'Discounts that were negotiated, on what a vendor bills after commitments: one a vendor.',
    'a discount',
    discount,
    0,
  ),
  [],
);
