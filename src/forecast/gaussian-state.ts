/** A normal distribution over numbered quantities that changes one observation at a time. */
export class GaussianState {
  private size = 0;
  private means = new Float64Array(0);
  /** Row-major, `room` columns wide; symmetric. */
  private covariances = new Float64Array(0);
  private room = 0;

  /** A quantity independent of those before it; answers its index. */
  append(mean: number, variance: number): number {
    if (this.size === this.room) this.grow();
    const index = this.size++;
    this.restart(index, mean, variance);
    return index;
  }

  /** Forgets what was known of a quantity. */
  restart(index: number, mean: number, variance: number): void {
    this.means[index] = mean;
    for (let other = 0; other < this.size; other++) {
      this.covariances[index * this.room + other] = 0;
      this.covariances[other * this.room + index] = 0;
    }
    this.drift(index, variance);
  }

  drift(index: number, variance: number): void {
    this.covariances[index * this.room + index] = this.covariance(index, index) + variance;
  }

  mean(index: number): number {
    return this.means[index] as number;
  }

  covariance(a: number, b: number): number {
    return this.covariances[a * this.room + b] as number;
  }

  /**
   * Kalman's update for a scalar observation of the weighted sum of the quantities at `indices`: by how much it surprised,
   * and the variance of its noise, both at the sum's present mean and on the sum's scale.
   */
  observe(
    indices: readonly number[],
    weights: readonly number[],
    seen: (sum: number) => { surprise: number; noise: number },
  ): void {
    const { size, room, means, covariances } = this;
    const gain = new Float64Array(size);
    let sum = 0;
    let variance = 0;
    for (const [k, index] of indices.entries()) {
      const weight = weights[k] as number;
      sum += weight * (means[index] as number);
      const row = index * room;
      for (let i = 0; i < size; i++) gain[i] = (gain[i] as number) + weight * (covariances[row + i] as number);
    }
    for (const [k, index] of indices.entries()) variance += (weights[k] as number) * (gain[index] as number);
    const { surprise, noise } = seen(sum);
    const total = variance + noise;
    for (let i = 0; i < size; i++) {
      const share = (gain[i] as number) / total;
      means[i] = (means[i] as number) + share * surprise;
      const row = i * room;
      for (let j = 0; j < size; j++) {
        covariances[row + j] = (covariances[row + j] as number) - share * (gain[j] as number);
      }
    }
  }

  private grow(): void {
    const room = Math.max(16, 2 * this.room);
    const means = new Float64Array(room);
    means.set(this.means);
    const covariances = new Float64Array(room * room);
    for (let i = 0; i < this.size; i++) {
      covariances.set(this.covariances.subarray(i * this.room, i * this.room + this.size), i * room);
    }
    this.room = room;
    this.means = means;
    this.covariances = covariances;
  }
}
