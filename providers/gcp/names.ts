import { createHash } from 'node:crypto';

/**
 * A fleet's tag as Google's labels can spell it: lower case, digits, `_` and `-` only, 63 characters, a letter first.
 * Every other character becomes `-`: `godwit.io/fleet` is the label `godwit-io-fleet`.
 *
 * Source: cloud.google.com/compute/docs/labeling-resources
 */
export function labelOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .slice(0, 63);
}

/** Of this product alone, so that its ids never meet those of another. */
const NAMESPACE = 'c0f3f1e6-6a0e-5c39-9d5e-2f1b7a0b6d11';
/** `godw` in ASCII, in the place of the first 32 bits of the hash. */
const MARK = '676f6477';

/**
 * The request id of one call of an order: a name-based UUID in the form of RFC 9562's version 5, so that every attempt
 * at the order, by whichever process, has the same. Google answers the second with the first one's operation, and
 * shows the id in that: its first bits say that the operation was begun here.
 */
export function requestIdOf(opId: string, call: string): string {
  const space = Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex');
  const hash = createHash('sha1').update(space).update(`${opId}\n${call}`).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [MARK, hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Whether an operation was begun with one of these ids. */
export const isOwnRequestId = (id: string | undefined): boolean => id?.startsWith(`${MARK}-`) === true;

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10);

/** `europe-west4-a` → `europe-west4` */
export const regionOf = (zone: string): string => zone.slice(0, Math.max(0, zone.lastIndexOf('-')));
