import type { Context, MiddlewareHandler } from "hono";
import type { Access } from "../access/access.ts";
import { formFields, readForm } from "../access/form.ts";
import type { HttpEnv } from "../openapi.ts";
import { Notice } from "./components/state.tsx";
import { Text } from "./components/text.tsx";
import type { Console } from "./page.tsx";
import type { Viewer } from "./viewer.ts";

/**
 * Lets posts pass that come from a form of this session. Any other is shown to its reader with all that it held, to be sent again
 * if he meant it. Comes after the body's limits.
 */
export function guardForms(
  { page, viewer }: Pick<Console, "page" | "viewer">,
  { formTokens }: Pick<Access, "formTokens">,
): MiddlewareHandler<HttpEnv> {
  return async function guardForms(c, next) {
    if (!methods.has(c.req.method)) return next();
    const form = await readForm(c);
    if (formTokens.matches(c, form.get(formFields.token) ?? "")) return next();
    c.set("denial", "form-token");
    return againPage({ page, viewer }, c, c.req.path, form, 403);
  };
}

/** Of others there is no route. */
const methods: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** A page that offers to send a form again, as it was. Nothing was done by it. */
export function againPage(
  { page, viewer }: Pick<Console, "page" | "viewer">,
  c: Context<HttpEnv>,
  action: string,
  form: URLSearchParams,
  status: 200 | 403,
): Response | Promise<Response> {
  return page(
    c,
    { title: "Send it again?", section: null, asOf: null, status },
    <>
      <Notice tone="warning" title="Nothing was done yet">
        <p>
          The form comes from an older sign-in, from before this node restarted, or from elsewhere. If you meant it,
          send it again; nothing of it is lost.
        </p>
      </Notice>
      <Again viewer={viewer(c)} action={action} form={form} />
    </>,
  );
}

interface AgainProps {
  viewer: Viewer;
  action: string;
  form: URLSearchParams;
}

/** What a form held, with a button that sends it as it was: the same call, if it was one. */
export function Again({ viewer, action, form }: AgainProps) {
  const fields = [...form].filter(([name]) => name !== formFields.token);
  const shown = fields.filter(([name]) => !name.startsWith("_"));
  return (
    <>
      <dl class="facts">
        {shown.map(([name, value]) => (
          <div>
            <dt>
              <Text value={name} />
            </dt>
            <dd>
              <Text value={value} />
            </dd>
          </div>
        ))}
      </dl>
      <form method="post" action={action}>
        <input type="hidden" name={formFields.token} value={viewer.formToken} />
        {fields.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <div class="buttons">
          <button type="submit" class="button">
            Send it again
          </button>
          <a href="/">Leave it</a>
        </div>
      </form>
    </>
  );
}
