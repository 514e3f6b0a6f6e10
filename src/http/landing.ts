const routes: readonly { method: "GET" | "POST"; path: string; about: string }[] = [
  { method: "GET", path: "/api/health", about: "coverage of the next hours, NATS, projections; 503 when unhealthy" },
  { method: "GET", path: "/livez", about: "the process answers" },
  { method: "GET", path: "/readyz", about: "NATS is there and the read model has caught up" },
  { method: "GET", path: "/api/admin/projections", about: "where the read model stands, and how a rebuild goes" },
  { method: "POST", path: "/api/admin/projections/rebuild", about: "makes the read model anew from the log" },
];

function row({ method, path, about }: (typeof routes)[number]): string {
  const name = method === "GET" ? `<a href="${path}">${path}</a>` : path;
  return `<tr><td>${method}</td><td>${name}</td><td>${about}</td></tr>`;
}

/** What `GET /` shows: which routes there are. */
export const landing = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>fulltime</title><meta name="viewport" content="width=device-width"></head>
<body>
<h1>fulltime</h1>
<p>This node runs. Its routes:</p>
<table>
<thead><tr><th>Method</th><th>Path</th><th>Answer</th></tr></thead>
<tbody>
${routes.map(row).join("\n")}
</tbody>
</table>
<p>The <code>fulltime</code> command shows the rest: <code>status</code>, <code>gaps</code>, <code>matches</code>, <code>match ID</code>, <code>models</code>.</p>
</body>
</html>
`;
