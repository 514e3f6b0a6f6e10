/** The least-squares slope through points (x, y); null where a y is unknown or all x are the same. */
export function slope(points: readonly (readonly [x: number, y: number | null])[]): number | null {
  const n = points.length;
  let [meanX, meanY] = [0, 0];
  for (const [x, y] of points) {
    if (y === null) return null;
    meanX += x / n;
    meanY += y / n;
  }
  let [along, square] = [0, 0];
  for (const [x, y] of points) {
    along += (x - meanX) * ((y ?? 0) - meanY);
    square += (x - meanX) ** 2;
  }
  return square === 0 ? null : along / square;
}
