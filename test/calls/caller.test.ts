import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudCaller, type CallerParts } from '../../src/calls/caller.ts';
import { documentedLimit, type Limit } from '../../src/calls/limits.ts';
import type { Failure, FailureKind } from '../../src/failure.ts';
import type { CallAbout } from '../../src/ports.ts';
import { seconds } from '../../src/units.ts';
import { virtualTime, type VirtualTime } from './virtual-time.ts';

const ABOUT: CallAbout = {
  cloud: 'aws',
  account: '',
  region: 'us-east-1',
  class: 'read',
  api: 'ec2:DescribeInstances',
};
const wide: Limit = { burst: 1000, perSecond: 1000, name: 'wide', per: 'region', source: 'a test' };

const failure = (kind: FailureKind): Failure => ({ kind, api: ABOUT.api, code: kind.is, message: 'no' });
const translate = (error: unknown): Failure => failure(error as FailureKind);

function callerAt(time: VirtualTime, parts: Partial<CallerParts> = {}) {
  const { clock, sleep } = time;
  return cloudCaller({ clock, sleep, random: () => 0.5, limits: () => wide, ...parts });
}

/** Answers with each in turn, the last again and again; a kind is thrown. */
function sender(...answers: readonly (string | FailureKind)[]) {
  const times: number[] = [];
  return {
    times,
    at: (time: VirtualTime) => async () => {
      const answer = answers[Math.min(times.length, answers.length - 1)];
      times.push(time.clock.now());
      if (typeof answer !== 'string') throw answer;
      return answer;
    },
  };
}

describe('what is sent again', () => {
  const cases: readonly [FailureKind, number, string][] = [
    [{ is: 'transient' }, 4, 'it may pass by itself'],
    [{ is: 'throttled' }, 4, 'it passes by itself'],
    [{ is: 'capacity', scope: 'zone' }, 1, 'asking again does not bring machines'],
    [{ is: 'quota', quota: 'vCPUs' }, 1, 'only a person changes it'],
    [{ is: 'conflict' }, 1, 'it has to be read anew first'],
    [{ is: 'unauthorized' }, 1, 'only a person changes it'],
    [{ is: 'invalid' }, 1, 'the same request is wrong again'],
    [{ is: 'notFound' }, 1, 'it is not there'],
    [{ is: 'unknown' }, 1, 'nobody knows what sending it again would do'],
  ];
  it.each(cases)('%o: sent %d times, because %s', async (kind, sends) => {
    const time = virtualTime();
    const send = sender(kind);
    const answer = await time.run(callerAt(time).call(ABOUT, send.at(time), translate));
    expect(answer).toEqual({ ok: false, failure: failure(kind) });
    expect(send.times).toHaveLength(sends);
  });

  it('stops when it goes well', async () => {
    const time = virtualTime();
    const send = sender({ is: 'transient' }, { is: 'throttled' }, 'fine');
    const answer = await time.run(callerAt(time).call(ABOUT, send.at(time), translate));
    expect(answer).toEqual({ ok: true, value: 'fine' });
    expect(send.times).toHaveLength(3);
  });

  it.each([1, 2, 7])('%d sends in all where the call says so', async (attempts) => {
    const time = virtualTime();
    const send = sender({ is: 'transient' });
    await time.run(callerAt(time).call({ ...ABOUT, attempts }, send.at(time), translate));
    expect(send.times).toHaveLength(attempts);
  });

  it('a mistake in the translation is thrown, and does not block those behind', async () => {
    const time = virtualTime();
    const caller = callerAt(time);
    const broken = (): Failure => {
      throw new TypeError('a mistake of ours');
    };
    await expect(time.run(caller.call(ABOUT, sender({ is: 'invalid' }).at(time), broken))).rejects.toThrow('of ours');
    expect(await time.run(caller.call(ABOUT, sender('fine').at(time), translate))).toMatchObject({ ok: true });
  });

  it('what is thrown before the request is built is a failure like any other', async () => {
    const time = virtualTime();
    const send = (): Promise<string> => {
      throw { is: 'invalid' };
    };
    expect(await time.run(callerAt(time).call(ABOUT, send, translate))).toEqual({
      ok: false,
      failure: failure({ is: 'invalid' }),
    });
  });
});

describe('how long it waits', () => {
  it('a draw from zero up to a bound that doubles', async () => {
    const time = virtualTime();
    await time.run(callerAt(time).call({ ...ABOUT, attempts: 4 }, sender({ is: 'transient' }).at(time), translate));
    expect(time.slept).toEqual([50, 100, 200]);
  });

  it('five times as long when throttled, and never over 20 s', async () => {
    const time = virtualTime();
    const caller = callerAt(time, { random: () => 1 - 1e-9, deadline: seconds(600) });
    await time.run(caller.call({ ...ABOUT, attempts: 9 }, sender({ is: 'throttled' }).at(time), translate));
    const waits = [499, 999, 1999, 3999, 7999, 15_999, 19_999, 19_999];
    expect(time.slept.filter((ms) => ms > 400)).toEqual(waits);
  });

  it('as long as the vendor asks, and the other calls of the bucket too', async () => {
    const time = virtualTime();
    const start = time.clock.now();
    const caller = callerAt(time);
    const first = sender({ is: 'throttled', retryAfterS: 17 }, 'fine');
    const calling = caller.call(ABOUT, first.at(time), translate);
    const other = sender('fine');
    const both = calling.then(async (answer) => [answer, await caller.call(ABOUT, other.at(time), translate)]);
    await new Promise((resolve) => setImmediate(resolve));
    const meanwhile = sender('fine');
    await time.run(Promise.all([both, caller.call(ABOUT, meanwhile.at(time), translate)]));
    expect(first.times[1]).toBeGreaterThanOrEqual(start + 17_000);
    expect(meanwhile.times[0]).toBeGreaterThanOrEqual(start + 17_000);
  });

  it('not at all when the vendor asks for longer than the call may take: the failure says how long', async () => {
    const time = virtualTime();
    const kind: FailureKind = { is: 'throttled', retryAfterS: 300 };
    const caller = callerAt(time);
    const answer = await time.run(caller.call(ABOUT, sender(kind).at(time), translate));
    expect(answer).toEqual({ ok: false, failure: failure(kind) });
    expect(time.slept).toEqual([]);
    const behind = await time.run(caller.call(ABOUT, sender('fine').at(time), translate));
    expect(behind).toMatchObject({ ok: false, failure: { kind: { is: 'throttled' }, code: 'RateLimitedHere' } });
    expect(time.slept).toEqual([]);
  });

  it('another region has a bucket of its own, where the limit is for each', async () => {
    const time = virtualTime();
    const caller = callerAt(time);
    const kind: FailureKind = { is: 'throttled', retryAfterS: 300 };
    await time.run(caller.call(ABOUT, sender(kind).at(time), translate));
    const elsewhere = { ...ABOUT, region: 'eu-west-1' };
    expect(await time.run(caller.call(elsewhere, sender('fine').at(time), translate))).toMatchObject({ ok: true });
  });

  it('and none where the limit is for the account', async () => {
    const time = virtualTime();
    const caller = callerAt(time, { limits: () => ({ ...wide, per: 'account' }) });
    const kind: FailureKind = { is: 'throttled', retryAfterS: 300 };
    await time.run(caller.call(ABOUT, sender(kind).at(time), translate));
    const elsewhere = { ...ABOUT, region: 'eu-west-1' };
    expect(await time.run(caller.call(elsewhere, sender('fine').at(time), translate))).toMatchObject({ ok: false });
  });
});

describe('many calls at once', () => {
  it('keep to the rate, in the order they came', async () => {
    const time = virtualTime();
    const start = time.clock.now();
    const caller = callerAt(time, { limits: () => ({ ...wide, burst: 3, perSecond: 2 }) });
    const order: number[] = [];
    const sentAt: number[] = [];
    const calls = Array.from({ length: 10 }, (_, i) =>
      caller.call(
        ABOUT,
        async () => {
          order.push(i);
          sentAt.push(time.clock.now() - start);
        },
        translate,
      ),
    );
    await time.run(Promise.all(calls));
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(sentAt).toEqual([0, 0, 0, 500, 1000, 1500, 2000, 2500, 3000, 3500]);
  });

  it('that could not all be sent in time: the rest says so without having been sent', async () => {
    const time = virtualTime();
    const caller = callerAt(time, { limits: () => ({ ...wide, burst: 1, perSecond: 1 }), deadline: seconds(5) });
    let sends = 0;
    const calls = Array.from({ length: 20 }, () => caller.call(ABOUT, async () => void (sends += 1), translate));
    const answers = await time.run(Promise.all(calls));
    expect(answers.filter((a) => a.ok)).toHaveLength(5);
    expect(sends).toBe(5);
    expect(answers.find((a) => !a.ok)).toMatchObject({ failure: { code: 'RateLimitedHere' } });
  });
});

describe('whatever clouds answer', () => {
  const outcome = fc.constantFrom<'fine' | FailureKind>(
    'fine',
    'fine',
    { is: 'transient' },
    { is: 'throttled' },
    { is: 'throttled', retryAfterS: 3 },
    { is: 'capacity', scope: 'zone' },
  );
  const call = fc.record({ afterMs: fc.nat(4000), tookMs: fc.nat(1500), answers: fc.array(outcome, { maxLength: 5 }) });

  it('no window sees more sends than the rate allows, retries among them, and every call ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 1, maxLength: 25 }),
        fc.record({ burst: fc.integer({ min: 1, max: 6 }), perSecond: fc.integer({ min: 1, max: 8 }) }),
        async (calls, rate) => {
          const time = virtualTime();
          const caller = callerAt(time, { limits: () => ({ ...wide, ...rate }), alarm: time.alarm });
          const sent: number[] = [];
          const work = calls.map(async ({ afterMs, tookMs, answers }) => {
            await time.sleep(afterMs);
            let tries = 0;
            const send = async (): Promise<string> => {
              sent.push(time.clock.now());
              const answer = answers[tries] ?? 'fine';
              tries += 1;
              await time.sleep(tookMs);
              if (answer !== 'fine') throw answer;
              return answer;
            };
            await caller.call(ABOUT, send, translate);
            expect(tries).toBeLessThanOrEqual(4);
          });
          await time.run(Promise.all(work));
          expect(time.pending).toBe(0);
          expect([...caller.sent.values()].reduce((a, b) => a + b, 0)).toBe(sent.length);
          for (let from = 0; from < sent.length; from += 1) {
            for (let to = from; to < sent.length; to += 1) {
              const windowS = ((sent[to] ?? 0) - (sent[from] ?? 0)) / 1000;
              expect(to - from + 1).toBeLessThanOrEqual(rate.burst + rate.perSecond * windowS + 1e-6);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the end of all calls together', () => {
  const never = (): Promise<string> => new Promise(() => undefined);

  it('is told of a call with all its tries, not of the last of them', async () => {
    const time = virtualTime();
    const caller = callerAt(time, { alarm: time.alarm, deadline: seconds(120) });
    const silent = async (): Promise<string> => {
      await time.sleep(50_000);
      const kind: FailureKind = { is: 'transient' };
      throw kind;
    };
    expect(await time.run(caller.call(ABOUT, silent, translate))).toMatchObject({
      ok: false,
      failure: { message: 'no answer within 120 s' },
    });
  });

  it('cuts off who was sent before, and sends nothing from then on', async () => {
    const time = virtualTime();
    const caller = callerAt(time, { alarm: time.alarm, deadline: seconds(120), altogether: seconds(180) });
    const start = time.clock.now();
    await time.run(caller.call(ABOUT, never, translate));
    const cut = await time.run(caller.call(ABOUT, never, translate));
    expect(cut).toMatchObject({ ok: false, failure: { code: 'DeadlineExceeded' } });
    expect(time.clock.now() - start).toBe(180_000);
    const before = [...caller.sent.values()];
    expect(await time.run(caller.call(ABOUT, never, translate))).toMatchObject({
      ok: false,
      failure: { kind: { is: 'transient' }, message: 'not sent: the 180 s for which clouds are waited for are over' },
    });
    expect([...caller.sent.values()]).toEqual(before);
    expect(time.clock.now() - start).toBe(180_000);
  });
});

describe('the deadline', () => {
  it('cuts off a call that does not come back; whether it took effect is not known', async () => {
    const time = virtualTime();
    const caller = callerAt(time, { alarm: time.alarm, deadline: seconds(30) });
    const answer = await time.run(caller.call(ABOUT, () => new Promise<string>(() => undefined), translate));
    expect(answer).toMatchObject({
      ok: false,
      failure: { kind: { is: 'transient' }, code: 'DeadlineExceeded', message: 'no answer within 30 s' },
    });
    expect(time.pending).toBe(0);
  });

  it('is the call’s own where it has one', async () => {
    const time = virtualTime();
    const caller = callerAt(time, { alarm: time.alarm, deadline: seconds(30) });
    const hangs = (): Promise<string> => new Promise(() => undefined);
    const answer = await time.run(caller.call({ ...ABOUT, within: seconds(4) }, hangs, translate));
    expect(answer).toMatchObject({ failure: { message: 'no answer within 4 s' } });
  });

  it('leaves no alarm behind after a call that came back', async () => {
    const time = virtualTime();
    const caller = callerAt(time, { alarm: time.alarm });
    await time.run(caller.call(ABOUT, sender('fine').at(time), translate));
    expect(time.pending).toBe(0);
  });

  it('is for the call with all its retries', async () => {
    const time = virtualTime();
    const start = time.clock.now();
    const caller = callerAt(time, { deadline: seconds(3), random: () => 0.999 });
    const send = sender({ is: 'throttled' });
    await time.run(caller.call({ ...ABOUT, attempts: 50 }, send.at(time), translate));
    expect(send.times.length).toBeGreaterThan(1);
    expect(Math.max(...send.times)).toBeLessThan(start + 3000);
  });
});

describe('the meter', () => {
  it('counts every send, retries too, by cloud, account, region, class and api', async () => {
    const time = virtualTime();
    const caller = callerAt(time);
    await time.run(caller.call(ABOUT, sender({ is: 'transient' }, 'fine').at(time), translate));
    await time.run(caller.call({ ...ABOUT, cloud: 'gcp', account: 'p1' }, sender('fine').at(time), translate));
    expect([...caller.sent]).toEqual([
      ['aws - us-east-1 read ec2:DescribeInstances', 2],
      ['gcp p1 us-east-1 read ec2:DescribeInstances', 1],
    ]);
  });
});

describe('the documented limits', () => {
  const classes = ['read', 'write', 'launch', 'price', 'queue'] as const;
  it.each(['aws', 'azure', 'gcp', 'kubernetes'] as const)('has one with its source for every call of %s', (cloud) => {
    for (const kind of classes) {
      const limit = documentedLimit({ ...ABOUT, cloud, class: kind, api: 'anything' });
      expect(limit.burst).toBeGreaterThanOrEqual(1);
      expect(limit.perSecond).toBeGreaterThan(0);
      expect(limit.source).not.toBe('');
    }
  });

  const known: readonly [CallAbout['cloud'], CallAbout['class'], string, string, number, number][] = [
    ['aws', 'read', 'ec2:DescribeInstanceTypes', 'ec2 read', 100, 20],
    ['aws', 'write', 'ec2:TerminateInstances', 'ec2 write', 50, 5],
    ['aws', 'launch', 'ec2:CreateFleet', 'ec2 launch', 5, 2],
    ['aws', 'write', 'autoscaling:SetDesiredCapacity', 'autoscaling', 40, 10],
    ['aws', 'read', 'servicequotas:ListServiceQuotas', 'service quotas', 5, 5],
    ['azure', 'read', 'virtualMachineScaleSets.listAll', 'arm read', 250, 25],
    ['azure', 'read', 'virtualMachineScaleSetVMs.list', 'scale set instances', 118, 0.4],
    ['azure', 'write', 'virtualMachineScaleSets.update', 'arm write', 200, 10],
    ['azure', 'write', 'agentPools.createOrUpdate', 'aks', 60, 1],
    ['gcp', 'read', 'instanceGroupManagers.list', 'compute', 300, 20],
    ['azure', 'read', 'resources.query', 'resource graph', 10, 1],
    ['gcp', 'read', 'compute.instances.aggregatedList', 'compute listings', 60, 4],
    ['gcp', 'read', 'compute.regions.list', 'compute regions', 20, 80 / 60],
    ['gcp', 'read', 'compute.regionCommitments.aggregatedList', 'compute listings', 60, 4],
    ['gcp', 'write', 'container.nodePools.setSize', 'gke', 120, 8],
    ['gcp', 'price', 'services.skus.list', 'billing catalog', 60, 4],
    ['kubernetes', 'read', 'GET nodes', 'kubernetes read', 30, 20],
  ];
  it.each(known)('%s %s %s: %s', (cloud, kind, api, name, burst, perSecond) => {
    expect(documentedLimit({ ...ABOUT, cloud, class: kind, api })).toMatchObject({ name, burst, perSecond });
  });

  it("a bucket stays within Google's quota of 1,500 in every minute, wherever it begins", () => {
    const { burst, perSecond } = documentedLimit({ ...ABOUT, cloud: 'gcp' });
    expect(burst + 60 * perSecond).toBeLessThanOrEqual(1500);
  });

  it("and within Azure's two windows for instances of scale sets", () => {
    const about: CallAbout = { ...ABOUT, cloud: 'azure', api: 'virtualMachineScaleSetVMs.list' };
    const { burst, perSecond } = documentedLimit(about);
    expect(burst + 180 * perSecond).toBeLessThanOrEqual(190);
    expect(burst + 1800 * perSecond).toBeLessThanOrEqual(900);
  });
});
