import type { Child } from "hono/jsx";

export interface Column<Row> {
  head: Child;
  cell(row: Row): Child;
  /** Right-aligned, in figures of one width. */
  numeric?: boolean;
  /** Names the row: one column of a table. */
  header?: boolean;
}

interface TableProps<Row> {
  /** Says what the table holds; read out by screen readers, shown above it unless `quiet`. */
  caption: string;
  quiet?: boolean;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Shown where there is no row. */
  empty: Child;
  /** Of many figures: smaller, so that they stand side by side at 1,280 px. */
  dense?: boolean;
  /** For a chart that reads it. */
  id?: string;
}

/** Scrolls sideways by itself where it is too wide, so that the page never does. Keys j and k walk along its rows' links. */
export function Table<Row>({ caption, quiet = false, columns, rows, empty, dense = false, id }: TableProps<Row>) {
  if (rows.length === 0) return <div class="empty">{empty}</div>;
  return (
    <div class="scroll" role="region" aria-label={caption} tabindex={0}>
      <table id={id} class={dense ? "dense" : undefined}>
        <caption class={quiet ? "unseen" : ""}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ head, numeric }) => (
              <th scope="col" class={numeric === true ? "numeric" : ""}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {columns.map(({ cell, numeric, header }) =>
                header === true ? (
                  <th scope="row">{cell(row)}</th>
                ) : (
                  <td class={numeric === true ? "numeric" : ""}>{cell(row)}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Where a list goes on. `first`: back to its beginning, null while that is what is shown. */
export function Pager({ first, next }: { first: string | null; next: string | null }) {
  if (first === null && next === null) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {first === null ? null : <a href={first}>First page</a>}
      {next === null ? (
        <span class="quiet">End of the list</span>
      ) : (
        <a href={next} rel="next">
          Next page
        </a>
      )}
    </nav>
  );
}
