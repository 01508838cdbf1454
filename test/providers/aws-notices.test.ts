import { describe, expect, it } from 'vitest';
import { listNotices } from '../../providers/aws/interruptions.ts';
import { noticesIn } from '../../providers/aws/notice.ts';
import type { Place } from '../../providers/aws/places.ts';
import { answered } from '../../src/failure.ts';
import { instant } from '../../src/units.ts';
import { memoryShelf } from '../contract/parts.ts';

const event = (type: string, detail: object, more: object = {}): string =>
  JSON.stringify({
    version: '0',
    id: 'e1',
    'detail-type': type,
    source: 'aws.ec2',
    time: '2026-11-01T10:00:00Z',
    region: 'eu-central-1',
    detail,
    ...more,
  });

describe('events of AWS as notices about nodes', () => {
  const AT = Date.parse('2026-11-01T10:00:00Z');

  it.each([
    [
      'EC2 Spot Instance Interruption Warning',
      { 'instance-id': 'i-1', 'instance-action': 'terminate' },
      { kind: 'reclaim', endsAt: AT + 120_000 },
    ],
    ['EC2 Instance Rebalance Recommendation', { 'instance-id': 'i-1' }, { kind: 'risk' }],
    [
      'EC2 Instance State-change Notification',
      { 'instance-id': 'i-1', state: 'stopping' },
      { kind: 'failed', endsAt: AT },
    ],
    [
      'AWS Health Event',
      {
        service: 'EC2',
        eventTypeCategory: 'scheduledChange',
        statusCode: 'upcoming',
        startTime: 'Sun, 08 Nov 2026 10:00:00 GMT',
        affectedEntities: [{ entityValue: 'i-1' }],
      },
      { kind: 'maintenance', endsAt: Date.parse('2026-11-08T10:00:00Z') },
    ],
  ])('%s', (type, detail, expected) => {
    expect(noticesIn(event(type, detail), 'm1', 'us-east-1')).toEqual([
      { provider: 'aws', region: 'eu-central-1', instance: 'i-1', at: AT, receipt: 'm1/i-1', ...expected },
    ]);
  });

  it('tells of each machine that a planned change takes', () => {
    const detail = {
      service: 'EC2',
      eventTypeCategory: 'scheduledChange',
      affectedEntities: [{ entityValue: 'i-1' }, { entityValue: 'i-2' }, { entityValue: 'vol-3' }],
    };
    expect(noticesIn(event('AWS Health Event', detail), 'm', 'us-east-1').map((n) => n.receipt)).toEqual([
      'm/i-1',
      'm/i-2',
    ]);
  });

  it.each([
    [
      'a node that starts is no trouble',
      event('EC2 Instance State-change Notification', { 'instance-id': 'i-1', state: 'running' }),
    ],
    [
      'a change that is over',
      event('AWS Health Event', {
        service: 'EC2',
        eventTypeCategory: 'scheduledChange',
        statusCode: 'closed',
        affectedEntities: [{ entityValue: 'i-1' }],
      }),
    ],
    [
      'a health event of another service',
      event('AWS Health Event', {
        service: 'RDS',
        eventTypeCategory: 'scheduledChange',
        affectedEntities: [{ entityValue: 'i-1' }],
      }),
    ],
    ['an event without its instance', event('EC2 Spot Instance Interruption Warning', {})],
    [
      'an event without a time',
      event('EC2 Spot Instance Interruption Warning', { 'instance-id': 'i-1' }, { time: 'yesterday' }),
    ],
    ['something else in the queue', '{"hello":"world"}'],
    ['no JSON', 'hello'],
    ['nothing', ''],
  ])('makes nothing of %s', (_reason, body) => {
    expect(noticesIn(body, 'm', 'us-east-1')).toEqual([]);
  });
});

describe('two queues of one region', () => {
  it('keep their messages apart: a handle is good for its own queue only', async () => {
    const clock = { now: () => instant(Date.parse('2026-11-01T10:00:30Z')) };
    const shelf = memoryShelf(clock.now);
    const body = event('EC2 Spot Instance Interruption Warning', { 'instance-id': 'i-1' });
    const waiting = [[{ MessageId: 'm1', ReceiptHandle: 'h1', Body: body }]];
    const place = (queue: string) =>
      ({
        session: {
          account: '1',
          parts: { clock, shelf },
          ask: async () => answered({ Messages: waiting.pop() ?? [] }),
        },
        access: { interruptionQueue: `https://sqs.us-east-1.amazonaws.com/1/${queue}` },
      }) as unknown as Place;
    const first = await listNotices(place('a'));
    expect(first.ok && first.value.map((n) => n.receipt)).toEqual(['m1/i-1']);
    expect(await listNotices(place('b'))).toEqual({ ok: true, value: [] });
    expect(await listNotices(place('a'))).toEqual(first);
  });
});
