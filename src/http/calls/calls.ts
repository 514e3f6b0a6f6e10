import type { HttpOptions } from "../options.ts";
import { type BackfillCall, createBackfillCall } from "./backfill.ts";
import { type CancelCall, createCancelCall } from "./cancel.ts";
import { createCallDesk } from "./desk.ts";
import { createMarkCall, type MarkCall } from "./mark.ts";
import { createRebuildCall, type RebuildCall } from "./rebuild.ts";
import { createRetryCall, type RetryCall } from "./retry.ts";

/** Everything that an operator can ask for: one of each, whether it comes by a route or from a page of the console. */
export interface Calls {
  retry: RetryCall;
  backfill: BackfillCall;
  cancel: CancelCall;
  mark: MarkCall;
  rebuild: RebuildCall;
}

export function createCalls(options: HttpOptions): Calls {
  const desk = createCallDesk(options);
  return {
    retry: createRetryCall(options, desk),
    backfill: createBackfillCall(options, desk),
    cancel: createCancelCall(options, desk),
    mark: createMarkCall(options, desk),
    rebuild: createRebuildCall(options, desk),
  };
}
