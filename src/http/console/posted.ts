import { formFields } from "../access/form.ts";
import { Refused } from "../problem.ts";

/** The call id that a form carries; what is none is refused. */
export function callIdIn(form: URLSearchParams): string {
  const id = form.get(formFields.call) ?? "";
  if (!/^[\w-]{8,64}$/.test(id)) throw new Refused(400, "this form has no call id: open its page anew");
  return id;
}
