import { Cut, visible } from "./text.tsx";
import { Time } from "./time.tsx";

/** With a group, so that splitting keeps what is found. */
const instant = /(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?Z)/;
/** Beyond these they stay as they are written: each costs a page some hundred bytes, and a text may be somebody's reason. */
const instantsMax = 2;

/**
 * A text in which instants stand as ISO 8601 (`retry at 2017-01-14T14:59:30.000Z`): they are shown as every other time is, in the
 * reader's zone with the UTC beside it.
 */
export function Told({ value, max = 300 }: { value: string; max?: number }) {
  const parts = value.slice(0, max).split(instant);
  return (
    <bdi class="text">
      {parts.map((part, i) => {
        const isInstant = i % 2 === 1 && i < 2 * instantsMax && !Number.isNaN(Date.parse(part));
        return isInstant ? <Time at={Date.parse(part)} /> : visible(part);
      })}
      <Cut value={value} max={max} />
    </bdi>
  );
}
