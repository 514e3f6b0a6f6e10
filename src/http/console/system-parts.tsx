import type { System } from "../system.ts";
import { Badge } from "./components/badge.tsx";
import { Fact, Facts } from "./components/state.tsx";
import { Table } from "./components/table.tsx";
import { Text } from "./components/text.tsx";
import { Time } from "./components/time.tsx";
import { count, number, percent } from "./words.ts";

/** What each durable consumer owes. */
export function Consumers({ consumers }: Pick<System, "consumers">) {
  return (
    <section>
      <h2>Consumers</h2>
      {consumers === null ? (
        <p>
          <Badge tone="bad" word="NATS does not tell" />
        </p>
      ) : (
        <Table
          caption="What each durable consumer owes"
          rows={consumers}
          empty="This node has no consumers: its log is in memory."
          columns={[
            { head: "Consumer", header: true, cell: ({ consumer }) => consumer },
            { head: "Pending", numeric: true, cell: ({ pending }) => number(pending) },
            { head: "In work", numeric: true, cell: ({ ackPending }) => number(ackPending) },
            { head: "Redelivered", numeric: true, cell: ({ redelivered }) => number(redelivered) },
          ]}
        />
      )}
    </section>
  );
}

export function Log({ system, connected }: { system: System; connected: boolean }) {
  const { eventCounts, anomalies, appendConflicts, logDiskFreePercent } = system;
  const types = Object.entries(eventCounts);
  const odd = Object.entries(anomalies);
  return (
    <section>
      <h2>The log</h2>
      <Facts>
        <Fact name="NATS">
          <Badge tone={connected ? "good" : "bad"} word={connected ? "connected" : "away"} />
        </Fact>
        <Fact name="Events">{number(types.reduce((sum, [, n]) => sum + n, 0))}</Fact>
        <Fact name="Append conflicts of this node">{number(appendConflicts)}</Fact>
        <Fact name="Disk free">{logDiskFreePercent === null ? "not this machine's" : percent(logDiskFreePercent)}</Fact>
      </Facts>
      {odd.length === 0 ? null : (
        <Table
          caption="Messages that should not be there, or not so: fulltime verify names them"
          rows={odd}
          empty=""
          columns={[
            { head: "Kind", header: true, cell: ([kind]) => kind },
            { head: "Messages", numeric: true, cell: ([, n]) => number(n) },
          ]}
        />
      )}
      <details>
        <summary>{count(types.length, "type")} of event</summary>
        <Table
          caption="Events by type"
          rows={types}
          empty="The log is empty."
          columns={[
            { head: "Type", header: true, cell: ([type]) => <Text value={type} /> },
            { head: "Events", numeric: true, cell: ([, n]) => number(n) },
          ]}
        />
      </details>
    </section>
  );
}

export function ThisProcess({ system: { version, node, pid, rssBytes, startedAt, clockSkew } }: { system: System }) {
  return (
    <section>
      <h2>This node</h2>
      <Facts>
        <Fact name="fulltime">{version}</Fact>
        <Fact name="Node.js">{node}</Fact>
        <Fact name="Process">{String(pid)}</Fact>
        <Fact name="Memory">{number(Math.round(rssBytes / 2 ** 20))} MiB</Fact>
        <Fact name="Started">
          <Time at={Date.parse(startedAt)} />
        </Fact>
        <Fact name="Clock">{clockSkew === null ? "agrees with the log's" : <Text value={clockSkew} />}</Fact>
      </Facts>
    </section>
  );
}

/** Secrets came masked. */
export function Configuration({ lines }: { lines: System["configuration"] }) {
  return (
    <section>
      <h2>Configuration in force</h2>
      <Table
        caption="Each setting and where it came from; secrets are masked"
        rows={lines}
        empty="Whoever started this node did not say."
        columns={[
          { head: "Setting", header: true, cell: ({ name }) => <code>{name}</code> },
          {
            head: "Value",
            cell: ({ value }) =>
              value === "" ? (
                <span class="quiet">none</span>
              ) : (
                <span class="words">
                  <Text value={value} />
                </span>
              ),
          },
          { head: "From", cell: ({ origin }) => origin },
          { head: "Is", cell: ({ about }) => <span class="words sentence">{about}</span> },
        ]}
      />
    </section>
  );
}
