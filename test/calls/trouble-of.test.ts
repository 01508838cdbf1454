import { describe, expect, it } from 'vitest';
import { troubleOf } from '../../src/calls/trouble-of.ts';
import type { FailureKind } from '../../src/failure.ts';
import { lineOf } from '../../src/trouble.ts';

const CASES: readonly [FailureKind, string][] = [
  [
    { is: 'capacity', scope: 'zone' },
    'none of it is left: no; allow other types or zones, or wait until it has some again',
  ],
  [
    { is: 'quota', quota: 'Running On-Demand Standard instances', limit: 64 },
    'the account may have no more: no; ask the vendor for more of Running On-Demand Standard instances, now 64',
  ],
  [{ is: 'quota', quota: 'CPUS' }, 'the account may have no more: no; ask the vendor for more of CPUS'],
  [{ is: 'throttled', retryAfterS: 90 }, 'asked more often than it allows: no; try again in 1m30s'],
  [
    { is: 'throttled' },
    'asked more often than it allows: no; wait a while, and see who else calls it with this account',
  ],
  [{ is: 'conflict' }, 'changed by somebody else meanwhile: no; try again: it is read anew first'],
  [{ is: 'unauthorized', permission: 'ec2:CreateFleet' }, 'these credentials may not: no; grant ec2:CreateFleet'],
  [{ is: 'unauthorized' }, 'these credentials may not: no; check the credentials and what they are granted'],
  [{ is: 'invalid' }, 'it does not accept the request: no; check what the fleet file says of it'],
  [{ is: 'notFound' }, 'there is no such thing: no; check its name in the fleet file, and the account that is asked'],
  [{ is: 'transient' }, 'it did not answer as it should: no; try again later'],
  [{ is: 'unknown' }, 'it failed in a way that is not known: no; look the code up at the vendor'],
];

describe('a failure as a trouble', () => {
  it.each(CASES)('%o', (kind, line) => {
    const failure = { kind, api: 'ec2:CreateFleet', code: 'Code', message: 'no.' };
    expect(lineOf(troubleOf(failure, 'aws us-east-1'))).toBe(`aws us-east-1: ec2:CreateFleet is Code: ${line}`);
  });

  it('names the status and the request for whoever has to ask the vendor', () => {
    const failure = {
      kind: { is: 'transient' },
      api: 'ec2:DescribeInstances',
      code: 'InternalError',
      message: 'An internal error has occurred',
      status: 500,
      requestId: '8f2a',
    } as const;
    expect(troubleOf(failure, 'aws us-east-1').problem).toBe(
      'it did not answer as it should: An internal error has occurred (HTTP 500, request 8f2a)',
    );
  });

  it('takes the remedy of whoever knows more than the kind', () => {
    const failure = { kind: { is: 'invalid' }, api: 'x', code: 'HTTP 407', message: 'no', remedy: 'name it' } as const;
    expect(troubleOf(failure, 'aws').remedy).toBe('name it');
  });

  it('shows what would steer a terminal as escapes', () => {
    const kind = { is: 'quota', quota: 'a\u001b[2J' } as const;
    const trouble = troubleOf({ kind, api: 'x', code: 'c\u001b[31m', message: 'm\u0007' }, 'gcp');
    expect(trouble).toMatchObject({
      value: 'c\\u001b[31m',
      problem: 'the account may have no more: m\\u0007',
      remedy: 'ask the vendor for more of a\\u001b[2J',
    });
  });
});
