/** Cholesky factor L of a symmetric positive definite matrix, in place over its lower triangle (row-major). Throws when it is not. */
export function cholesky(a: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j] as number;
      for (let k = 0; k < j; k++) sum -= (a[i * size + k] as number) * (a[j * size + k] as number);
      if (i !== j) {
        a[i * size + j] = sum / (a[j * size + j] as number);
      } else {
        if (!(sum > 0)) throw new Error(`the matrix is not positive definite: pivot ${i} is ${sum}`);
        a[i * size + i] = Math.sqrt(sum);
      }
    }
  }
  return a;
}

/** Solves L L' x = b in place, `b` becomes x. */
export function solve(factor: Float64Array, b: Float64Array, size: number): void {
  for (let i = 0; i < size; i++) {
    let sum = b[i] as number;
    for (let k = 0; k < i; k++) sum -= (factor[i * size + k] as number) * (b[k] as number);
    b[i] = sum / (factor[i * size + i] as number);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i] as number;
    for (let k = i + 1; k < size; k++) sum -= (factor[k * size + i] as number) * (b[k] as number);
    b[i] = sum / (factor[i * size + i] as number);
  }
}
