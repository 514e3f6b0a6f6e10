import type { PropsWithChildren } from "hono/jsx";
import type { Column } from "./table.tsx";
import { type Fields, Hidden } from "./form.tsx";

/** Where what is ticked in a table is sent to. */
export const pickForm = "pick";

/** The column whose boxes tick a row; `name` is what the row is called. */
export function tickColumn<Row>(idOf: (row: Row) => string, name: (row: Row) => string): Column<Row> {
  return {
    head: (
      <input
        type="checkbox"
        class="needs-script"
        data-tick-all={pickForm}
        aria-label="Tick all that are shown"
        autocomplete="off"
      />
    ),
    cell: (row) => (
      <input
        type="checkbox"
        name="match"
        value={idOf(row)}
        form={pickForm}
        aria-label={`Tick ${name(row)}`}
        autocomplete="off"
      />
    ),
  };
}

/** Leads from a list to what would be done with it: with what is ticked, or with all that fit its filter. Nothing is done yet. */
export function Pick({ action, fields, children }: PropsWithChildren<{ action: string; fields: Fields }>) {
  return (
    <form id={pickForm} method="get" action={action} class="action">
      <Hidden fields={fields} />
      {children}
    </form>
  );
}
