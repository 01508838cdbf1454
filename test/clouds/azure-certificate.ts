import { generateKeyPairSync, sign } from 'node:crypto';

/**
 * A certificate for 127.0.0.1, made anew for each test server: the SDK sends no token without TLS. Node can sign but
 * not write certificates, so the few ASN.1 structures of RFC 5280 are written here. Nothing secret lies in the
 * repository, and no `openssl` has to be installed.
 */
export function loopbackCertificate(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(oid('550403'), tagged(0x0c, Buffer.from('godwit test server')))));
  const body = sequence(
    tagged(0xa0, integer(2)), // version 3
    integer(1),
    ECDSA_SHA256,
    name,
    // the days for which UTCTime can be written: a test must not fail by the date
    sequence(tagged(0x17, Buffer.from('200101000000Z')), tagged(0x17, Buffer.from('491231235959Z'))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(extension('551d13', sequence(tagged(0x01, Buffer.from([0xff])))), extension('551d11', NAMES)),
    ),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = sequence(body, ECDSA_SHA256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));
const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, Buffer.concat(parts));
const oid = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'));
const integer = (n: number): Buffer => tagged(0x02, Buffer.from([n]));
const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), tagged(0x04, value));

/** 1.2.840.10045.4.3.2 */
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
/** subject's other names: localhost, 127.0.0.1 */
const NAMES = sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1])));
