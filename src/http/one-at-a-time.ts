import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Requests of a connection that were sent before the answer to the first. Browsers and proxies send none. */
const aheadMax = 16;

/**
 * Hands on the next request of a connection once the answer to the one before it has gone out: who sends many and reads none is
 * answered once, not as often as he asked. Node hands on all that have come at once, and keeps their answers.
 */
export function oneAtATime(listener: RequestListener): RequestListener {
  const ahead = new WeakMap<Socket, (() => void)[]>();

  return (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { socket } = incoming;
    const begin = () => {
      // Also when its connection is lost.
      outgoing.once("close", next);
      listener(incoming, outgoing);
    };
    const next = () => {
      const following = ahead.get(socket)?.shift();
      if (following === undefined || socket.destroyed) ahead.delete(socket);
      else following();
    };
    const waiting = ahead.get(socket);
    if (socket.destroyed) return;
    if (waiting === undefined) {
      ahead.set(socket, []);
      begin();
    } else if (waiting.length < aheadMax) waiting.push(begin);
    else socket.destroy();
  };
}
