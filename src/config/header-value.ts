/**
 * Whether a key can go into an HTTP header: of what is beyond Latin-1, or a control character, no client makes one. It would
 * fail at each request, where nobody looks for a letter that was pasted wrongly.
 */
export function isHeaderValue(text: string): boolean {
  return /^[\x20-\x7e\xa0-\xff]*$/.test(text);
}

export const whyNoHeaderValue = "holds characters that no HTTP header can carry: paste it again";
