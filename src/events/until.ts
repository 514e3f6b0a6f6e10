/** What `promise` gives, or null as soon as `signal` aborts. */
export function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve(null);
    const settled = () => signal.removeEventListener("abort", onAbort);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    promise.then(
      (value) => {
        settled();
        resolve(value);
      },
      (error: Error) => {
        settled();
        reject(error);
      },
    );
  });
}
