import { answered, failed, mayPass, type Answer, type Failure } from '../failure.ts';
import type { CallAbout, Caller, Clock } from '../ports.ts';
import { instant, seconds, type Instant, type Seconds } from '../units.ts';
import { bucket, type Bucket } from './bucket.ts';
import { documentedLimit, type Limit } from './limits.ts';
import type { Waiting } from './waiting.ts';

export interface CallerParts {
  readonly clock: Clock;
  readonly sleep: Waiting['sleep'];
  /** from 0 up to, not including, 1 */
  readonly random: () => number;
  /** absent = {@link documentedLimit} */
  readonly limits?: (about: CallAbout) => Limit;
  /** cuts off a call that does not come back; absent = the SDK's own timeouts are relied on */
  readonly alarm?: Waiting['alarm'];
  /** for a call with all its retries and waits; absent = {@link DEADLINE} */
  readonly deadline?: Seconds;
  /** for all calls together, from now on: a person waits for the end of a command; absent = they may go on for ever */
  readonly altogether?: Seconds;
}

/** Longer than any wait that vendors ask for by a minute's quota, shorter than a cycle. */
export const DEADLINE = seconds(120);

/**
 * The one place that sends anything again. SDKs, adapters and cycles do not: retries on retries multiply, and a cloud
 * that is down gets the more calls the more layers there are.
 *
 * Calls wait for their bucket in the order they came. A failure that may pass is sent again after a wait drawn evenly
 * from zero up to a bound that doubles (full jitter: those who failed together do not come back together), or after
 * what the vendor asked for. When the next try could not start before the deadline, the last failure is the answer.
 */
export function cloudCaller(parts: CallerParts): Caller {
  const { clock, limits = documentedLimit } = parts;
  const lines = new Map<string, Line>();
  const sent = new Map<string, number>();
  const { altogether } = parts;
  const end = altogether === undefined ? Infinity : clock.now() + altogether * 1000;

  const lineOf = (about: CallAbout): Line => {
    const limit = limits(about);
    const region = limit.per === 'account' ? '' : about.region;
    const key = [about.cloud, about.account, region, about.class, limit.name].join('\n');
    const known = lines.get(key) ?? { bucket: bucket(limit), last: Promise.resolve() };
    lines.set(key, known);
    return known;
  };

  return {
    sent,
    async call(about, send, translate) {
      const began = clock.now();
      const line = lineOf(about);
      const deadline = about.within ?? parts.deadline ?? DEADLINE;
      const until = instant(Math.round(Math.min(clock.now() + deadline * 1000, end)));
      if (altogether !== undefined && clock.now() >= end) return failed(overTime(about, altogether));
      const attempts = about.attempts ?? ATTEMPTS;
      for (let attempt = 1, failure: Failure | undefined; ; attempt += 1) {
        const sentAt = await turn(line, parts, until);
        if (sentAt === undefined) return failed(failure ?? tooLate(about, deadline));
        sent.set(meterOf(about), (sent.get(meterOf(about)) ?? 0) + 1);
        const answer = await sendOnce(about, send, translate, { began, until }, parts);
        if (answer.ok) {
          line.bucket.succeeded();
          return answer;
        }
        failure = answer.failure;
        const asked = retryAfterMs(failure);
        if (failure.kind.is === 'throttled') line.bucket.throttled(sentAt, clock.now(), asked);
        if (!mayPass(failure) || attempt >= attempts) return answer;
        const waitMs = asked ?? Math.floor(parts.random() * mostWaitMs(failure, attempt));
        if (clock.now() + waitMs >= until) return answer;
        if (waitMs > 0) await parts.sleep(waitMs);
      }
    },
  };
}

/** A bucket and the queue before it. */
interface Line {
  readonly bucket: Bucket;
  /** settles when the latest in the queue has had its turn */
  last: Promise<unknown>;
}

/**
 * Waits in the queue until a call may be sent and takes its token. Undefined = it could not before `until`; that is
 * known at once when the bucket says so, and nobody behind waits for one who has given up.
 */
function turn(line: Line, { clock, sleep }: CallerParts, until: Instant): Promise<Instant | undefined> {
  const mine = line.last.then(async () => {
    for (;;) {
      const now = clock.now();
      const waitMs = line.bucket.waitMs(now);
      if (now + waitMs >= until) return undefined;
      if (waitMs === 0) {
        line.bucket.take(now);
        return now;
      }
      await sleep(waitMs);
    }
  });
  line.last = mine.catch(() => undefined);
  return mine;
}

async function sendOnce<T>(
  about: CallAbout,
  send: () => Promise<T>,
  translate: (error: unknown) => Failure,
  { began, until }: { readonly began: Instant; readonly until: Instant },
  { clock, alarm, deadline = DEADLINE }: CallerParts,
): Promise<Answer<T>> {
  const sending = Promise.resolve()
    .then(send)
    .then(answered, (error: unknown) => failed(translate(error)));
  if (!alarm) return sending;
  // a clock that was set back by days must not make anybody wait for days
  const left = Math.min(until - clock.now(), (about.within ?? deadline) * 1000);
  const tried = Math.max(0, clock.now() - began);
  let silence = (): void => undefined;
  const rung = new Promise<Answer<T>>((resolve) => {
    silence = alarm(left, () => resolve(failed(noAnswer(about, tried + left))));
  });
  try {
    return await Promise.race([sending, rung]);
  } finally {
    silence();
  }
}

/** Sends in all where a call says nothing else. */
const ATTEMPTS = 4;
/** The first bound and the largest, as the AWS SDKs' standard mode has them: five times the first when throttled. */
const FIRST_WAIT_MS = 100;
const FIRST_WAIT_THROTTLED_MS = 500;
const LONGEST_WAIT_MS = 20_000;

function mostWaitMs({ kind }: Failure, attempt: number): number {
  const first = kind.is === 'throttled' ? FIRST_WAIT_THROTTLED_MS : FIRST_WAIT_MS;
  return Math.min(LONGEST_WAIT_MS, first * 2 ** (attempt - 1));
}

/** What the vendor asked for; undefined when nothing that can be waited for. */
function retryAfterMs({ kind }: Failure): number | undefined {
  if (kind.is !== 'throttled' || kind.retryAfterS === undefined) return undefined;
  return kind.retryAfterS >= 0 && Number.isFinite(kind.retryAfterS) ? Math.ceil(kind.retryAfterS * 1000) : undefined;
}

const meterOf = (about: CallAbout): string =>
  [about.cloud, about.account || '-', about.region || '-', about.class, about.api].join(' ');

/** Nothing was sent. */
const tooLate = ({ api }: CallAbout, deadline: Seconds): Failure => ({
  kind: { is: 'throttled' },
  api,
  code: 'RateLimitedHere',
  message: `not sent: within ${deadline} s there was no room for it under the rate that the vendor allows`,
});

/** Nor was anything here. */
const overTime = ({ api }: CallAbout, altogether: Seconds): Failure => ({
  kind: { is: 'transient' },
  api,
  code: 'DeadlineExceeded',
  message: `not sent: the ${altogether} s for which clouds are waited for are over`,
});

/** It was sent, and may have taken effect. */
const noAnswer = ({ api }: CallAbout, ms: number): Failure => ({
  kind: { is: 'transient' },
  api,
  code: 'DeadlineExceeded',
  message: `no answer within ${Math.round(ms / 1000)} s`,
});
