import type { LinearExperts } from './linear-experts.ts';
import { LEADS, WINDOW } from './window.ts';

/**
 * Linear experts as bytes, a fourth of their size in numbers: for each expert its largest coefficient (float32, little
 * endian), then WINDOW × LEADS shares of it (int16).
 */
const EACH = 4 + 2 * WINDOW * LEADS;
const FULL = 32_767;

export function encoded({ coefficients }: LinearExperts): Uint8Array {
  const bytes = new Uint8Array(EACH * coefficients.length);
  const view = new DataView(bytes.buffer);
  coefficients.forEach((expert, e) => {
    const largest = Math.fround(expert.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-30));
    view.setFloat32(e * EACH, largest, true);
    expert.forEach((x, i) => {
      const share = Math.max(-FULL, Math.min(FULL, Math.round((x / largest) * FULL)));
      view.setInt16(e * EACH + 4 + 2 * i, share, true);
    });
  });
  return bytes;
}

/** @throws RangeError when the bytes are not whole experts */
export function decoded(bytes: Uint8Array): LinearExperts {
  if (bytes.length % EACH !== 0) {
    throw new RangeError(`${bytes.length} bytes are not whole linear experts of ${EACH} bytes: train them anew`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const coefficients = Array.from({ length: bytes.length / EACH }, (_, e) => {
    const largest = view.getFloat32(e * EACH, true);
    return Float64Array.from(
      { length: WINDOW * LEADS },
      (_x, i) => (view.getInt16(e * EACH + 4 + 2 * i, true) / FULL) * largest,
    );
  });
  return { coefficients };
}
