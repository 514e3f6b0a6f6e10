/** A text that somebody else wrote: a team's name, a reason, a model's words. */
export function Text({ value, max = 300 }: { value: string; max?: number }) {
  const shown = visible(value.length > max ? value.slice(0, max) : value);
  return (
    <bdi class="text">
      {shown}
      <Cut value={value} max={max} />
    </bdi>
  );
}

/** Says how long a text is of which not all is shown. */
export function Cut({ value, max }: { value: string; max: number }) {
  return value.length > max ? <span class="quiet"> … ({value.length} characters)</span> : null;
}

/**
 * Control characters as their pictures, what turns the direction of a text or hides in it as its code point: inert, and seen.
 * Escaping is JSX's.
 */
export function visible(text: string): string {
  return text
    .replace(/[\ud800-\udfff]/gu, "\ufffd")
    .replace(/[^\P{Cc}\t\n]/gu, (it) => (it < " " ? String.fromCharCode(0x2400 + it.charCodeAt(0)) : codePoint(it)))
    .replace(/[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g, codePoint);
}

function codePoint(character: string): string {
  return `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
