import { describe, expect, it } from 'vitest';
import { committedRate, decodeCommitments, type CommitmentTerm } from '../../src/catalog/commitment-rates.ts';
import { sampleCatalog } from './sample.ts';

const TEXT = [
  ['godwit-commitments', '1'],
  ['source', 'aws', '2025-04-04', 'MIT', 'a list'],
  ['types', 'm7i', 'm7i.large m7i.xlarge'],
  ['types', 'g6', 'g6.xlarge'],
  ['region', 'us-east-1'],
  ['share', 'm7i', '1y', '0.66 ='],
  ['share', 'm7i', '3y', '0.45 0.44'],
  ['share', 'm7i', '1y-convertible', '0.75'],
  ['end', '7'],
]
  .map((fields) => fields.join('\t'))
  .join('\n');

function facts() {
  const read = decodeCommitments('commitments.tsv', TEXT);
  if (!read.ok) throw new Error(read.troubles[0]?.problem);
  return read.value;
}
const rate = (region: string, type: string, term: CommitmentTerm) =>
  committedRate(facts(), sampleCatalog(), region, type, term);

describe('a committed rate', () => {
  it('is a share of the on-demand price, with its source', () => {
    expect(rate('us-east-1', 'm7i.xlarge', '3y')).toEqual({
      usdPerHour: 0.088704,
      onDemandUsdPerHour: 0.2016,
      saving: 0.56,
      source: 'a list',
      asOf: Date.parse('2025-04-04'),
      basis: 'listed',
    });
  });

  it.each<[string, string, string, CommitmentTerm, number | undefined]>([
    ['another region takes the median of the family', 'us-west-9', 'm7i.large', '1y', 0.66],
    ['a type without a figure does so too', 'us-east-1', 'm7i.xlarge', '1y-convertible', 0.75],
    ['a family without one takes the median of the provider', 'us-east-1', 'g6.xlarge', '1y', 0.66],
    ['a term that nobody lists is not known', 'us-east-1', 'm7i.large', '3y-convertible', undefined],
    ['nor is a type that is not sold there', 'us-west-9', 'g6.xlarge', '1y', undefined],
    ['nor one that does not exist', 'us-east-1', 'm7x.large', '1y', undefined],
  ])('%s', (_why, region, type, term, share) => {
    const found = rate(region, type, term);
    if (share === undefined) expect(found).toBeUndefined();
    else
      expect(found && [found.usdPerHour / found.onDemandUsdPerHour, found.basis]).toEqual([
        expect.closeTo(share, 4),
        'modelled',
      ]);
  });

  it('of a provider that nobody lists is not known', () => {
    expect(
      committedRate(facts(), { ...sampleCatalog(), provider: 'azure' }, 'us-east-1', 'm7i.large', '1y'),
    ).toBeUndefined();
  });

  it.each([
    ['a commitment dearer than on-demand', '0.45 0.44', '1.45 0.44', /costs as much as on-demand/],
    ['no figure', '0.45 0.44', 'x', /not a figure above 0/],
    ['an unknown term', '\t3y\t', '\t5y\t', /no such term/],
    ['an unknown group', 'share\tm7i\t3y', 'share\tm8i\t3y', /no such group/],
    ['an unknown provider', 'source\taws', 'source\tibm', /no such provider/],
    ['a lost line', 'types\tg6\tg6.xlarge\n', '', /cut short/],
    ['a record of tomorrow', 'types\tg6', 'kinds\tg6', /kind that this version does not know/],
  ])('damage is one clear trouble: %s', (_why, from, to, problem) => {
    expect(TEXT).toContain(from);
    const answer = decodeCommitments('commitments.tsv', TEXT.replace(from, to));
    expect(answer.ok ? [] : answer.troubles.map((t) => t.problem)).toEqual([expect.stringMatching(problem)]);
  });
});
