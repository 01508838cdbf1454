import type { Commitment } from '../../catalog/contract.ts';
import type { FleetDocument } from '../document/document.ts';
import type { Finding, Path } from '../finding.ts';
import type { Check } from './check.ts';
import { unlessInClouds, unlessUnique } from './known.ts';

export const checkContracts: Check = (document, fleet) => [
  ...unlessUnique(
    fleet.commitments.map((commitment) => commitment.id),
    (i) => ['commitments', i, 'id'],
  ),
  ...fleet.commitments.flatMap((commitment, i) => [
    ...unlessInClouds(['commitments', i], commitment, fleet),
    ...checkCommitment(commitment, ['commitments', i]),
  ]),
  ...unlessUnique(
    fleet.discounts.map((discount) => discount.provider),
    (i) => ['discounts', i, 'provider'],
  ),
  ...document.discounts.flatMap((discount, i) => [
    ...unlessInClouds(['discounts', i], { provider: discount.provider }, fleet),
    ...checkDiscount(discount, ['discounts', i]),
  ]),
];

function checkCommitment(commitment: Commitment, path: Path): readonly Finding[] {
  switch (commitment.kind) {
    case 'reserved-nodes':
      return [];
    case 'spend': {
      const { region, family, provider } = commitment;
      if (region === undefined && family === undefined) return [];
      if (provider !== 'aws') {
        const problem = `${provider} sells no spend commitment for one region or family`;
        return [
          { path: [...path, region === undefined ? 'family' : 'region'], onKey: true, problem, remedy: 'leave it out' },
        ];
      }
      if (region !== undefined && family !== undefined) return [];
      const missing = region === undefined ? 'region' : 'family';
      const remedy = 'an EC2 Instance Savings Plan holds for one family in one region: state both, or neither';
      return [{ path: [...path, missing], problem: 'missing', remedy }];
    }
    case 'resources':
      if (commitment.vcpu > 0 || commitment.memory > 0) return [];
      return [{ path: [...path, 'vcpu'], problem: 'neither vCPUs nor memory were bought', remedy: 'state what was' }];
    default:
      return commitment satisfies never;
  }
}

function checkDiscount({ percent, tiers }: FleetDocument['discounts'][number], path: Path): readonly Finding[] {
  if (percent === undefined && tiers === undefined) {
    return [{ path: [...path, 'percent'], problem: 'missing', remedy: 'write percent: 9%, or tiers' }];
  }
  if (percent !== undefined && tiers !== undefined) {
    return [
      { path: [...path, 'tiers'], onKey: true, problem: 'it stands beside percent', remedy: 'keep one of the two' },
    ];
  }
  return (tiers ?? []).flatMap(({ fromUsdPerMonth }, i) => {
    const at = [...path, 'tiers', i, 'fromUsdPerMonth'];
    const before = tiers?.[i - 1]?.fromUsdPerMonth;
    if (before === undefined && fromUsdPerMonth !== 0) {
      return [
        { path: at, problem: 'the first tier does not start at 0', remedy: 'add one from 0, with 0% if need be' },
      ];
    }
    if (before === undefined || fromUsdPerMonth > before) return [];
    return [{ path: at, problem: `not above the tier before, ${before}`, remedy: 'write the tiers in rising order' }];
  });
}
