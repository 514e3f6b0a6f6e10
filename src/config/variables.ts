import { alertVariables } from "./variables/alert.ts";
import { forecastVariables } from "./variables/forecast.ts";
import { httpVariables } from "./variables/http.ts";
import { logVariables, nodeVariables } from "./variables/node.ts";
import { sourceVariables } from "./variables/source.ts";

/** Every setting of a node, by its name in `Config`, in the order in which they are read and shown. */
export const variables = {
  ...logVariables,
  ...httpVariables,
  ...sourceVariables,
  ...nodeVariables,
  ...forecastVariables,
  ...alertVariables,
};
