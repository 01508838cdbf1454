import { DeleteMessageBatchCommand, ReceiveMessageCommand, type Message } from '@aws-sdk/client-sqs';
import { answered, failed, type Answer, type Failure } from '../../src/failure.ts';
import type { Interruption } from '../../src/ports.ts';
import { seconds } from '../../src/units.ts';
import { digestOf, isRecord, putKept, takeKept } from './kept.ts';
import { noticesIn } from './notice.ts';
import type { Place } from './places.ts';
import type { Session } from './session.ts';

/** A message that was received and not yet deleted. Without an instance it is of no use, and goes with the next settling. */
interface Held {
  readonly id: string;
  readonly handle: string;
  readonly notices: readonly Interruption[];
  /** ms since 1970, when it was received */
  readonly at: number;
}

/** Two queues of a region hold messages of their own: a handle is good for its queue only. */
const whatOf = (url: string): string => `notices/${digestOf([url])}`;
/** A message that is not settled shows again after so long, to any process. */
const HIDDEN = seconds(60);
/** A storm of 1,000 spot notices is read in one go; the rest by the next cycle. */
const MOST_BATCHES = 100;
/** A notice of so long ago has come true or not. */
const FORGOTTEN = seconds(3600);

/**
 * Notices from the queue that EventBridge writes to, and those received before and not settled: a message that was
 * received hides for a while, and must not be lost with the process that received it.
 */
export async function listNotices({ session, access }: Place): Promise<Answer<readonly Interruption[]>> {
  const url = access.interruptionQueue;
  if (url === undefined) return answered([]);
  const region = queueRegion(url);
  if (region === undefined) return failed(noQueue(url));
  const now = session.parts.clock.now();
  const held = new Map(
    (await heldOf(session, region, url)).filter((h) => now - h.at < FORGOTTEN * 1000).map((h) => [h.id, h]),
  );
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const read = await receive(session, region, url);
    if (!read.ok) {
      if (held.size === 0 || batch > 0) await putKept(session, region, whatOf(url), [...held.values()]);
      return read;
    }
    if (read.value.length === 0) break;
    for (const { MessageId: id, ReceiptHandle: handle, Body: body } of read.value) {
      if (!id || !handle) continue;
      held.set(id, { id, handle, notices: noticesIn(body ?? '', id, region), at: now });
    }
  }
  await putKept(session, region, whatOf(url), [...held.values()]);
  return answered([...held.values()].flatMap((h) => h.notices).toSorted((a, b) => a.at - b.at));
}

/** Deletes the messages whose every notice is among `receipts`, and those that told nothing of a node. */
export async function settleNotices({ session, access }: Place, receipts: readonly string[]): Promise<Answer<void>> {
  const url = access.interruptionQueue;
  if (url === undefined) return answered(undefined);
  const region = queueRegion(url);
  if (region === undefined) return failed(noQueue(url));
  const settled = new Set(receipts);
  let held = (await heldOf(session, region, url)).map((h) => ({
    ...h,
    notices: h.notices.filter((n) => !settled.has(n.receipt)),
  }));
  const done = held.filter((h) => h.notices.length === 0);
  for (let from = 0; from < done.length; from += 10) {
    const some = done.slice(from, from + 10);
    const sent = await session.ask({ region, class: 'queue', api: 'sqs:DeleteMessageBatch' }, () =>
      session.sqs(region).send(
        new DeleteMessageBatchCommand({
          QueueUrl: url,
          Entries: some.map((h, i) => ({ Id: String(i), ReceiptHandle: h.handle })),
        }),
      ),
    );
    if (!sent.ok) return sent;
    // one that is gone already, or whose receipt has aged, shows again if it is still there
    const gone = new Set(some.map((h) => h.id));
    held = held.filter((h) => !gone.has(h.id));
  }
  await putKept(session, region, whatOf(url), held);
  return answered(undefined);
}

async function receive(session: Session, region: string, url: string): Promise<Answer<readonly Message[]>> {
  const read = await session.ask({ region, class: 'queue', api: 'sqs:ReceiveMessage' }, () =>
    session.sqs(region).send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 0,
        VisibilityTimeout: HIDDEN,
      }),
    ),
  );
  return read.ok ? answered(read.value.Messages ?? []) : read;
}

async function heldOf(session: Session, region: string, url: string): Promise<readonly Held[]> {
  return (await takeKept(session, region, whatOf(url), isHeld))?.value ?? [];
}

const isHeld = (value: unknown): value is readonly Held[] =>
  Array.isArray(value) &&
  value.every(
    (h) =>
      isRecord(h) &&
      typeof h['id'] === 'string' &&
      typeof h['handle'] === 'string' &&
      typeof h['at'] === 'number' &&
      Array.isArray(h['notices']),
  );

/** `https://sqs.us-east-1.amazonaws.com/123456789012/im-fleet`: the region is a label of the host's name, which is AWS's. */
export function queueRegion(url: string): string | undefined {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  // the SDK signs the request for this very host and sends it there, session token and all
  if (!VENDOR.test(host) && !LOCAL.test(host)) return undefined;
  return (
    host.split('.').find((label) => /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(label)) ??
    (LOCAL.test(host) ? 'us-east-1' : undefined)
  );
}

/** AWS's own names, VPC endpoints and dual-stack ones among them */
const VENDOR = /\.(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/;
const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

const noQueue = (url: string): Failure => ({
  kind: { is: 'invalid' },
  api: 'sqs:ReceiveMessage',
  code: 'InvalidQueueUrl',
  message: `${url.slice(0, 200)} is no queue of AWS with its region: write https://sqs.<region>.amazonaws.com/<account>/<queue>`,
});
