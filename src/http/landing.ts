import { type Description, type Operation, operationsOf } from "./description.ts";

/** What `GET /` shows: which routes there are. */
export function landing(description: Description): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>fulltime</title><meta name="viewport" content="width=device-width"></head>
<body>
<h1>fulltime</h1>
<p>This node runs. Its routes, which <a href="docs">docs</a> explains and <a href="openapi.json">openapi.json</a> describes:</p>
<table>
<thead><tr><th>Method</th><th>Path</th><th>Answer</th></tr></thead>
<tbody>
${operationsOf(description)
  .map(({ method, path, operation }) => row(method, path, operation))
  .join("\n")}
</tbody>
</table>
<p>The <code>fulltime</code> command shows the same: <code>status</code>, <code>gaps</code>, <code>matches</code>, <code>match ID</code>, <code>models</code>.</p>
</body>
</html>
`;
}

function row(method: string, path: string, { summary: about = "", parameters = [] }: Operation): string {
  // Relative, for a proxy that serves this node below a path of its own. A link that lacks what it needs leads nowhere.
  const name =
    method === "get" && !parameters.some((it) => "required" in it && it.required)
      ? `<a href="${escaped(path.slice(1))}">${escaped(path)}</a>`
      : escaped(path);
  return `<tr><td>${method.toUpperCase()}</td><td>${name}</td><td>${escaped(about)}</td></tr>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
