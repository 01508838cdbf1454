/**
 * Solves a symmetric positive system in place by Cholesky's way. A direction without any spread gets the weight 0.
 *
 * @param gram p × p by rows, of which the lower triangle is read and overwritten
 */
export function choleskySolved(gram: Float64Array, right: Float64Array): Float64Array {
  const p = right.length;
  const x = Float64Array.from(right);
  for (let j = 0; j < p; j++) {
    let pivot = gram[j * p + j] as number;
    for (let k = 0; k < j; k++) pivot -= (gram[j * p + k] as number) ** 2;
    const root = pivot > 0 ? Math.sqrt(pivot) : 0;
    gram[j * p + j] = root;
    for (let i = j + 1; i < p; i++) {
      let sum = gram[i * p + j] as number;
      for (let k = 0; k < j; k++) sum -= (gram[i * p + k] as number) * (gram[j * p + k] as number);
      gram[i * p + j] = root > 0 ? sum / root : 0;
    }
  }
  for (let i = 0; i < p; i++) {
    let sum = x[i] as number;
    for (let k = 0; k < i; k++) sum -= (gram[i * p + k] as number) * (x[k] as number);
    const root = gram[i * p + i] as number;
    x[i] = root > 0 ? sum / root : 0;
  }
  for (let i = p - 1; i >= 0; i--) {
    let sum = x[i] as number;
    for (let k = i + 1; k < p; k++) sum -= (gram[k * p + i] as number) * (x[k] as number);
    const root = gram[i * p + i] as number;
    x[i] = root > 0 ? sum / root : 0;
  }
  return x;
}
