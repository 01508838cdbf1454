import { describe, expect, it } from 'vitest';
import { bad, good, type Trouble } from '../../../src/trouble.ts';
import { together } from '../../../src/world/live/together.ts';

const trouble = (file: string, problem = 'it did not answer', at = 'ec2:X'): Trouble => ({
  file,
  at,
  problem,
  remedy: 'try again',
});

describe('what is wrong in several places', () => {
  it('alike is told once, with the places', () => {
    const regions = ['us-east-1', 'us-west-2', 'eu-central-1', 'eu-west-1'];
    expect(together(bad(...regions.map((region) => trouble(`aws ${region}`))))).toEqual(
      bad(trouble('aws us-east-1, us-west-2, eu-central-1 and 1 more')),
    );
  });

  it('is alike though each request has an id of its own: the first is enough to ask with', () => {
    const no = (id: string): string => `it may not: no (HTTP 403, request ${id})`;
    expect(together(bad(trouble('aws a', no('r-1')), trouble('aws b', no('r-2'))))).toEqual(
      bad(trouble('aws a and b', no('r-1'))),
    );
  });

  it.each([
    ['another call', [trouble('aws a'), trouble('aws b', 'it did not answer', 'eks:Y')]],
    ['another problem', [trouble('aws a'), trouble('aws b', 'it may not')]],
    ['another cloud', [trouble('aws a'), trouble('azure a')]],
  ])('stays apart where it is %s', (_what, troubles) => {
    expect(together(bad(...troubles))).toEqual(bad(...troubles));
  });

  it('of a cloud without a place keeps its name alone', () => {
    expect(together(bad(trouble('azure'), trouble('azure')))).toEqual(bad(trouble('azure')));
  });

  it('leaves alone what is good', () => {
    expect(together(good([1]))).toEqual(good([1]));
  });
});
