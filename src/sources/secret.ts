/** A shorter one may be part of any word, and taking it out would spoil what is told. No provider's key is as short. */
const lengthMin = 8;

const masked = "********";

/**
 * Takes a secret out of a text: as it is, in other letters (a host is told in small ones), and escaped as JSON may have it. So a
 * body can be masked before it is parsed.
 */
export function maskOf(secret: string | null, shortest = lengthMin): (text: string) => string {
  if (secret === null || secret.length < shortest) return (text) => text;
  const anywhere = new RegExp(Array.from(secret).map(spelt).join(""), "gi");
  return (text) => text.replace(anywhere, masked);
}

/** A character, or its escape in JSON; those of a key are ASCII, as only they fit a header. */
function spelt(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, "0");
  return `(?:${literal(character)}|\\\\u${code})`;
}

function literal(character: string): string {
  return /[\w-]/.test(character) ? character : `\\\\?\\${character}`;
}
