import { stageNames } from "../../../match/stage-names.ts";
import { categories, type Category, type Stage, stages } from "../../../match/event.ts";
import type { FailureCause, FailureGroup } from "../failure-groups.ts";
import { href } from "../path.ts";
import type { Viewer } from "../viewer.ts";
import { count, number } from "../words.ts";
import { Badge, categoryMeanings } from "./badge.tsx";
import { Choice, Filters } from "./form.tsx";
import { Empty, Live } from "./state.tsx";
import { Table } from "./table.tsx";
import { Text } from "./text.tsx";
import { Time } from "./time.tsx";

/** Causes on one page: so that it stays below 100 kB whatever they say. */
const causesMax = 50;
const causesOfOneMax = 15;

interface FailuresProps {
  groups: readonly FailureGroup[];
  stage: Stage | undefined;
  category: Category | undefined;
  dismissed: boolean;
  now: number;
  viewer: Viewer;
}

/** Failures by stage, category and cause. */
export function FailuresView({ groups, stage, category, dismissed, now, viewer }: FailuresProps) {
  const settlements = groups.filter((it) => it.stage === "settle").reduce((sum, it) => sum + it.count, 0);
  return (
    <>
      <Filters path="/failures">
        <Choice
          name="stage"
          label="Stage"
          value={stage}
          options={[["", "any"], ...stages.map((it) => [it, stageNames[it]] as const)]}
        />
        <Choice
          name="category"
          label="Category"
          value={category}
          options={[["", "any"], ...categories.map((it) => [it, it] as const)]}
        />
        <Choice
          name="dismissed"
          label="Shown"
          value={dismissed ? "1" : ""}
          options={[
            ["", "open ones"],
            ["1", "dismissed ones"],
          ]}
        />
      </Filters>
      <Live id="failures">
        {groups.length === 0 ? (
          <None stage={stage} category={category} dismissed={dismissed} />
        ) : (
          <>
            {viewer.mayOperate && settlements > 0 && !dismissed && category === undefined ? (
              <p class="buttons">
                <a class="button" href={href("/failures/plan", { what: "retry-all" })}>
                  Preview a retry of{" "}
                  {settlements === 1 ? "the one failed settlement" : `all ${count(settlements, "failed settlement")}`}
                </a>
              </p>
            ) : null}
            {withRoom(groups).map(({ group, room }) => (
              <Group group={group} room={room} dismissed={dismissed} now={now} />
            ))}
          </>
        )}
      </Live>
    </>
  );
}

function None({ stage, category, dismissed }: Pick<FailuresProps, "stage" | "category" | "dismissed">) {
  const what = stage === undefined ? "stage" : stageNames[stage];
  if (category !== undefined) {
    return (
      <Empty title={`No ${what} has ${dismissed ? "a dismissed" : "an open"} failure of the category ${category}`}>
        <p>Another category may have some: choose any.</p>
      </Empty>
    );
  }
  if (dismissed) {
    return (
      <Empty title={`No failure of any ${what} is dismissed`}>
        <p>What somebody dismisses is listed here, and can be put back.</p>
      </Empty>
    );
  }
  return (
    <Empty title={stage === undefined ? "Nothing has failed" : `No ${what} has failed`}>
      <p>What fails is listed here until it has been mended, tried again or dismissed.</p>
    </Empty>
  );
}

/** Each group shows one cause at least, the others as long as the page has room. */
function withRoom(groups: readonly FailureGroup[]): { group: FailureGroup; room: number }[] {
  let left = causesMax - groups.length;
  return groups.map((group) => {
    const more = Math.max(0, Math.min(group.causes.length - 1, causesOfOneMax - 1, left));
    left -= more;
    return { group, room: 1 + more };
  });
}

function Group({
  group,
  room,
  dismissed,
  now,
}: {
  group: FailureGroup;
  room: number;
  dismissed: boolean;
  now: number;
}) {
  const { stage, category, causes, looked } = group;
  const id = `${stage}-${category}`;
  const kind = { stage, category, dismissed: dismissed ? "1" : undefined };
  const hidden = causes.length - room;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        {capital(stageNames[stage])}: {category}
      </h2>
      <p>
        <a href={href("/failures/matches", kind)}>{count(group.count, "failure")}</a>,{" "}
        {group.givenUp === 0 ? "none given up" : `${number(group.givenUp)} given up`}.{" "}
        <span class="quiet">{categoryMeanings[category]}</span>
      </p>
      <Table
        caption={`Causes of ${stageNames[stage]} ${category}`}
        quiet
        rows={causes.slice(0, room)}
        columns={[
          {
            head: "Cause",
            header: true,
            cell: ({ fingerprint }) => (
              <a href={href("/failures/matches", { ...kind, fingerprint })}>
                <Text value={fingerprint} max={40} />
              </a>
            ),
          },
          { head: "Failures", numeric: true, cell: ({ count: alike }) => number(alike) },
          { head: "Given up", numeric: true, cell: ({ givenUp }) => number(givenUp) },
          { head: "First", cell: ({ first }) => <Time at={first} /> },
          { head: "Last", cell: ({ last }) => <Time at={last} now={now} /> },
          {
            head: "The newest says",
            cell: ({ reason }: FailureCause) => (
              <span class="words">
                <Text value={reason} max={120} />
              </span>
            ),
          },
        ]}
        empty={`None of the ${count(looked, "failure")} looked at.`}
      />
      {hidden > 0 ? <p class="quiet">{count(hidden, "rarer cause")} besides.</p> : null}
      {looked < group.count ? (
        <p class="quiet">
          Told apart are the first {number(looked)} by match id; the counts above are of all {number(group.count)}.
        </p>
      ) : null}
    </section>
  );
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** What becomes of a failure by itself. */
export function Retrying({ retryAt, now }: { retryAt: number | null; now: number }) {
  if (retryAt === null) return <Badge tone="bad" word="given up" />;
  return (
    <>
      <Badge tone="warning" word="retrying" /> <Time at={retryAt} now={now} />
    </>
  );
}
