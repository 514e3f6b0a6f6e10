import { createHash, randomBytes } from "node:crypto";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { networkOf } from "./address.ts";

export interface Quota {
  /** Requests a window. */
  quota: number;
  /** Seconds; a window begins with its first request. */
  window: number;
}

/** One count for each key. */
export interface Bucket {
  take(key: string): Promise<Taken>;
  /** Undoes one `take`. */
  giveBack(key: string): Promise<void>;
}

export interface Taken {
  allowed: boolean;
  /** `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), and `Retry-After` where it is not allowed. */
  headers: Record<string, string>;
}

/** Counts in memory by the library's own timers, one small record for each key that was used in this window. */
export function createBucket(name: string, { quota, window }: Quota): Bucket {
  const limiter = new RateLimiterMemory({ points: quota, duration: window });
  return {
    async take(key) {
      const { allowed, result } = await limiter.consume(key).then(
        (result) => ({ allowed: true, result }),
        (result: unknown) => {
          if (!(result instanceof RateLimiterRes)) throw result;
          return { allowed: false, result };
        },
      );
      const seconds = Math.max(1, Math.ceil(result.msBeforeNext / 1000));
      return {
        allowed,
        headers: {
          RateLimit: `"${name}";r=${result.remainingPoints};t=${seconds}`,
          "RateLimit-Policy": `"${name}";q=${quota};w=${window}`,
          ...(allowed ? {} : { "Retry-After": String(seconds) }),
        },
      };
    },
    async giveBack(key) {
      await limiter.reward(key);
    },
  };
}

/** So many counts are kept of all the addresses there are. */
const slots = 4096;

/**
 * A key for an address that bounds a bucket's memory whoever asks. Two addresses may share a count: nobody with a token is
 * counted by address, so that costs a stranger a 429 in place of a 401. The seed is this process's own, so none can be aimed at.
 */
export function createAddressKey(): (address: string) => string {
  const seed = randomBytes(16);
  return (address) => {
    const digest = createHash("sha256").update(seed).update(networkOf(address)).digest();
    return String(digest.readUInt32BE() % slots);
  };
}
