const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** A method that only looks (RFC 9110, 9.2.1). TRACE is none here: no route answers it. */
export function isSafe(method: string): boolean {
  return safeMethods.has(method);
}
