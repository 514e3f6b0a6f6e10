import { formFields } from "../access/form.ts";
import { planHashSchema } from "../fields.ts";
import { Refused } from "../problem.ts";

/** The call id that a form carries; what is none is refused. */
export function callIdIn(form: URLSearchParams): string {
  const id = form.get(formFields.call) ?? "";
  if (!/^[\w-]{8,64}$/.test(id)) throw new Refused(400, "this form has no call id: open its page anew");
  return id;
}

/** The plan that a form confirms; one that names none is refused. */
export function planHashIn(form: URLSearchParams): string {
  const hash = planHashSchema.safeParse(form.get("planHash")).data;
  if (hash === undefined) throw new Refused(400, "this form names no plan: open its preview anew");
  return hash;
}
