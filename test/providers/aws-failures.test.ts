import { describe, expect, it } from 'vitest';
import { failureOf, kindOfCode } from '../../providers/aws/failures.ts';
import type { FailureKind } from '../../src/failure.ts';

describe('codes of AWS in the words of the product', () => {
  it.each<[string, FailureKind['is'], string]>([
    ['InsufficientInstanceCapacity', 'capacity', 'the zone has none of the type left'],
    ['UnfulfillableCapacity', 'capacity', 'spot that no pool can fill'],
    ['InsufficientFreeAddressesInSubnet', 'capacity', 'no address left, another subnet may have some'],
    ['Unsupported', 'capacity', 'the zone does not sell the type'],
    ['VcpuLimitExceeded', 'quota', 'an account may have no more, however often it asks'],
    ['MaxSpotInstanceCountExceeded', 'quota', 'the same for spot'],
    ['RequestLimitExceeded', 'throttled', 'EC2, with HTTP 503, which is no outage'],
    ['Throttling', 'throttled', 'Auto Scaling, with HTTP 400'],
    ['ThrottlingException', 'throttled', 'the JSON services'],
    ['EC2ThrottledException', 'throttled', 'inside the answer of a fleet request: not lack of capacity'],
    ['ScalingActivityInProgressFault', 'conflict', 'as the SDK names it'],
    ['ScalingActivityInProgress', 'conflict', 'as Auto Scaling names it'],
    ['ResourceInUseException', 'conflict', 'EKS, while another change runs'],
    ['IdempotentParameterMismatch', 'conflict', 'one token for two orders'],
    ['UnauthorizedOperation', 'unauthorized', 'EC2'],
    ['AccessDeniedException', 'unauthorized', 'the JSON services'],
    ['ExpiredTokenException', 'unauthorized', 'a session that has ended'],
    ['InvalidInstanceID.NotFound', 'notFound', 'an instance that is gone'],
    ['ResourceNotFoundException', 'notFound', 'a node group that is gone'],
    ['InternalError', 'transient', 'an outage'],
    ['InvalidParameterValue', 'invalid', 'our mistake, or that of the fleet file'],
    ['ValidationError', 'invalid', 'Auto Scaling: out of bounds'],
    ['SomethingNobodyHeardOf', 'unknown', 'reported as it is'],
  ])('%s is %s: %s', (code, is) => {
    expect(kindOfCode(code, '').is).toBe(is);
  });

  const sdkError = (name: string, message: string, more: object): Error =>
    Object.assign(new Error(message), { name }, more);

  it('keeps the code, the status and the id of the request for whoever has to ask AWS', () => {
    const failure = failureOf(
      'ec2:CreateFleet',
      sdkError('RequestLimitExceeded', 'Request limit exceeded.', {
        $metadata: { httpStatusCode: 503, requestId: 'r-9' },
        $response: { headers: { 'retry-after': '7' } },
      }),
    );
    expect(failure).toEqual({
      kind: { is: 'throttled', retryAfterS: 7 },
      api: 'ec2:CreateFleet',
      code: 'RequestLimitExceeded',
      message: 'Request limit exceeded.',
      requestId: 'r-9',
      status: 503,
    });
  });

  it('names the permission that AWS missed, which may not be that of the call', () => {
    const error = sdkError(
      'AccessDenied',
      'User: arn:aws:iam::1:user/x is not authorized to perform: iam:PassRole on resource: arn',
      { $metadata: { httpStatusCode: 403 } },
    );
    expect(failureOf('eks:CreateNodegroup', error).kind).toEqual({ is: 'unauthorized', permission: 'iam:PassRole' });
    expect(failureOf('ec2:DescribeSubnets', sdkError('UnauthorizedOperation', 'You may not.', {})).kind).toEqual({
      is: 'unauthorized',
      permission: 'ec2:DescribeSubnets',
    });
  });

  it('tells the limit where AWS does', () => {
    const message =
      'You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket.';
    expect(kindOfCode('VcpuLimitExceeded', message)).toMatchObject({ is: 'quota', limit: 32 });
  });

  it.each([
    ['ECONNRESET', 'a reset'],
    ['ETIMEDOUT', 'a deadline'],
    ['ENOTFOUND', 'no such host'],
  ])('takes %s for transient: %s, and whether it took effect is not known', (code) => {
    expect(failureOf('ec2:DescribeInstances', Object.assign(new Error('socket hang up'), { code })).kind.is).toBe(
      'transient',
    );
  });

  it('leaves the encoded authorization message out', () => {
    const error = sdkError(
      'UnauthorizedOperation',
      'You are not authorized. Encoded authorization failure message: AAAABBBBCCCC',
      {},
    );
    expect(failureOf('ec2:DescribeInstances', error).message).toBe('You are not authorized.');
  });

  it.each([
    ['CredentialsProviderError', undefined, 'AWS_PROFILE', 'none were found: there is nobody to grant anything to'],
    ['InvalidClientTokenId', 403, 'AWS_ACCESS_KEY_ID', 'a key that AWS does not know'],
    ['SignatureDoesNotMatch', 403, 'AWS_SECRET_ACCESS_KEY', 'a secret that does not fit the key'],
    ['ExpiredTokenException', 403, 'log in again', 'a session that has ended'],
  ])('%s asks for other credentials and for no right', (name, httpStatusCode, words, _reason) => {
    const failure = failureOf('ec2:DescribeSubnets', sdkError(name, 'no', { $metadata: { httpStatusCode } }));
    expect(failure.kind).toEqual({ is: 'unauthorized' });
    expect(failure.remedy).toContain(words);
  });

  it.each([
    [
      407,
      'invalid',
      'a proxy on the way wants to know who asks',
      'a proxy: its page has no code, sending again is of no use',
    ],
    [502, 'transient', '', 'a load balancer without words'],
  ])('takes an answer %s that AWS did not write for %s', (httpStatusCode, is, message, _reason) => {
    const page = sdkError('Unknown', 'Unknown', { $metadata: { httpStatusCode }, $fault: 'client' });
    expect(failureOf('ec2:DescribeSubnets', page)).toMatchObject({
      kind: { is },
      code: `HTTP ${httpStatusCode}`,
      message,
    });
  });

  it('takes a host that nobody knows for a name to check', () => {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND ec2.us-moon-1.amazonaws.com'), { code: 'ENOTFOUND' });
    expect(failureOf('ec2:DescribeSubnets', error).remedy).toContain('name of the region');
  });
});
