import type { Child, PropsWithChildren } from "hono/jsx";

/** A part of the page that is fetched anew when something has changed. Ids are unique in the page. */
export function Live({ id, children }: PropsWithChildren<{ id: string }>) {
  return (
    <div id={id} data-live="">
      {children}
    </div>
  );
}

/** There is nothing, and that is said: why, and what would change it. */
export function Empty({ title, children }: PropsWithChildren<{ title: string }>) {
  return (
    <div class="empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}

/** Something that the reader must not miss. */
export function Notice({
  tone,
  title,
  children,
}: PropsWithChildren<{ tone: "good" | "warning" | "bad"; title: Child }>) {
  return (
    <div class={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}

/** One fact: a word, and a number or two. */
export function Facts({ children }: PropsWithChildren) {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ name, children }: PropsWithChildren<{ name: string }>) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
