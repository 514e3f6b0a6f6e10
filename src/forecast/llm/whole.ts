/** An answer of a few numbers takes a kilobyte, a chatty one ten; a server that sends without end is cut off here. */
const bodyBytesMax = 1 << 20;

export class BodyTooLong extends Error {
  override readonly name = "BodyTooLong";

  constructor() {
    super(`its server sent more than ${bodyBytesMax} bytes`);
  }
}

/** What a completion needs. Else the client tells of this machine, and of headers that another program's environment names. */
const headersSent = new Set(["accept", "authorization", "content-type", "user-agent"]);

/** `fetch` that resolves once the whole body is there: so a time-out of the fetch is one of the body too, however it trickles in. */
export async function fetchWhole(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const headers = [...new Headers(init?.headers)].filter(([name]) => headersSent.has(name));
  const response = await fetch(input, { ...init, headers });
  if (response.body === null) return response;
  const chunks: Uint8Array[] = [];
  let length = 0;
  // A web stream can be iterated in Node, which the types of the DOM do not say.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    // Leaving the loop ends the connection.
    if (length > bodyBytesMax) throw new BodyTooLong();
    chunks.push(chunk);
  }
  const { status, statusText } = response;
  return new Response(Buffer.concat(chunks), { status, statusText, headers: response.headers });
}
