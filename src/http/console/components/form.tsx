import type { Child, PropsWithChildren } from "hono/jsx";
import { formFields } from "../../access/form.ts";
import type { Viewer } from "../viewer.ts";

export type Fields = Readonly<Record<string, string | readonly string[] | number | boolean | null | undefined>>;

/** Hidden fields; a list is its field as often as it is long, what is null or undefined is not sent. */
export function Hidden({ fields }: { fields: Fields }) {
  return (
    <>
      {Object.entries(fields).flatMap(([name, value]) =>
        [value]
          .flat()
          .flatMap((it) =>
            it === null || it === undefined ? [] : [<input type="hidden" name={name} value={String(it)} />],
          ),
      )}
    </>
  );
}

interface ActionProps {
  viewer: Viewer;
  /** Where it is posted to. */
  action: string;
  /** What its button says: a verb. */
  label: string;
  fields?: Fields;
  /** Which scope it needs; whoever has not that sees nothing. */
  needs?: "operate" | "admin";
  danger?: boolean;
  /** Asked in a dialog before it is sent, where scripts run: what will happen, in figures. */
  confirm?: Child;
  /** A name that no other form of the page has; needed for a dialog. */
  id: string;
}

/**
 * A form that changes something: with its session's token and a call id of its own, by which a second click is the same call.
 * Children are its visible fields.
 */
export function Action(props: PropsWithChildren<ActionProps>) {
  const { viewer, action, label, fields = {}, needs = "operate", danger = false, confirm, id, children } = props;
  if (!(needs === "admin" ? viewer.mayAdmin : viewer.mayOperate)) return null;
  const dialog = `${id}-dialog`;
  const look = danger ? "button danger" : "button";
  return (
    <form method="post" action={action} id={id} class="action">
      <Hidden fields={{ ...fields, [formFields.token]: viewer.formToken, [formFields.call]: viewer.newCallId() }} />
      {children}
      <button type="submit" class={look} data-confirm={confirm === undefined ? undefined : dialog}>
        {label}
      </button>
      {confirm === undefined ? null : (
        <dialog id={dialog} aria-labelledby={`${dialog}-title`}>
          <h2 id={`${dialog}-title`}>{label}?</h2>
          <div>{confirm}</div>
          <div class="buttons">
            <button type="submit" class={look}>
              {label}
            </button>
            <button type="button" class="button plain" data-close="">
              Keep things as they are
            </button>
          </div>
        </dialog>
      )}
    </form>
  );
}

interface FieldProps {
  name: string;
  label: string;
  value?: string | undefined;
  required?: boolean;
  maxlength?: number;
  type?: "text" | "search" | "date" | "number";
  list?: string;
}

/** A field and its label. */
export function Field({ name, label, value, required = false, maxlength, type = "text", list }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input type={type} name={name} value={value} required={required} maxlength={maxlength} list={list} />
    </label>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  value: string | undefined;
  /** Value and what is shown for it. */
  options: readonly (readonly [value: string, shown: string])[];
}

export function Choice({ name, label, value = "", options }: ChoiceProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select name={name}>
        {options.map(([it, shown]) => (
          <option value={it} selected={it === value}>
            {shown}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A filter: its fields stand in the address, so a page can be sent to a colleague. `/` puts the cursor into its first field. */
export function Filters({ path, children }: PropsWithChildren<{ path: string }>) {
  return (
    <form method="get" action={path} class="filters" role="search">
      {children}
      <button type="submit" class="button plain">
        Show
      </button>
      <a href={path} class="quiet">
        Clear
      </a>
    </form>
  );
}
