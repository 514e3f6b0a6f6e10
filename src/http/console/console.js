// What the console does beside its links and forms: the reader's own times, news without a reload, keys, dialogs, plots. The
// pages tell and do the same without it. Everything here works on what the server wrote, and on nothing else.
(() => {
  const page = document.documentElement;

  // Times ----------------------------------------------------------------------------------------------------------------
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isUtc = ["UTC", "Etc/UTC", "GMT", "Etc/GMT"].includes(zone);
  const written = new Intl.DateTimeFormat("sv-SE", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });

  function localise(root) {
    if (isUtc) return;
    for (const time of root.querySelectorAll("time[datetime]")) {
      const iso = time.dateTime;
      const local = written.format(new Date(iso));
      const days = Math.round((Date.parse(iso.slice(0, 10)) - Date.parse(local.slice(0, 10))) / 86_400_000);
      const shift = days === 0 ? "" : days < 0 ? " −1 d" : " +1 d";
      const [slot, utc] = time.querySelectorAll(".time-local, .time-utc");
      if (slot === undefined || utc === undefined) continue;
      slot.textContent = local;
      utc.textContent = `${iso.slice(11, 16)} UTC${shift}`;
      time.title = `${zone}; ${iso}`;
    }
  }

  // Plots ----------------------------------------------------------------------------------------------------------------
  const plots = new Map();
  const strokes = ["--accent", "--bad", "--good", "--warning", "--quiet"];
  const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 4]];

  function draw(root) {
    if (typeof uPlot === "undefined") return;
    for (const [element, plot] of plots) {
      if (element.isConnected) continue;
      plot.destroy();
      plots.delete(element);
    }
    for (const element of root.querySelectorAll("[data-chart]")) plotOf(element);
  }

  function plotOf(element) {
    const table = document.getElementById(element.dataset.table);
    if (table === null) return;
    const cells = [...table.tBodies[0].rows].map((row) => [...row.cells]);
    // Of the columns those that are marked as numbers; others tell more than the plot does.
    const columns = [...table.tHead.rows[0].cells]
      .map((cell, at) => ({ head: cell.textContent.trim(), at }))
      .filter(({ at }) => at === 0 || cells.some((row) => row[at].querySelector("[data-value]") !== null));
    const heads = columns.map(({ head }) => head);
    const data = columns.map(({ at }) => cells.map((row) => valueIn(row[at])));
    const { unit } = element.dataset;
    const axis = {
      stroke: resolved("--quiet"),
      grid: { stroke: resolved("--line"), width: 1 },
      ticks: { show: false },
    };
    const times = element.dataset.x === "time" ? { values: (_, at) => at.map(hourOf) } : {};
    const bars = element.dataset.chart === "bars" ? { paths: uPlot.paths.bars({ size: [0.7, 60] }) } : {};
    const series = heads.slice(1).map((label, at) => ({
      label,
      stroke: resolved(strokes[at % strokes.length]),
      dash: dashes[at % dashes.length],
      width: 2,
      points: { show: true, size: 5 },
      ...(element.dataset.chart === "bars" ? { fill: resolved(strokes[at % strokes.length]) } : {}),
      ...bars,
      value: (_, value) => (value === null ? "–" : `${value} ${unit}`),
    }));
    plots.get(element)?.destroy();
    const plot = new uPlot(
      {
        width: element.clientWidth,
        // The legend has its room below.
        height: Math.max(120, element.clientHeight - 56),
        scales: { x: { time: element.dataset.x === "time" }, y: { range: rangeOf(unit) } },
        axes: [
          { ...axis, ...times },
          { ...axis, size: roomOf, values: (_, at) => at.map((value) => `${value} ${unit}`) },
        ],
        series: [{ label: heads[0] }, ...series],
        cursor: { drag: { setScale: false } },
      },
      data,
      element,
    );
    plots.set(element, plot);
  }

  /** Shares are drawn on the whole; nothing but zeros is drawn on one, not on a hundred. */
  function rangeOf(unit) {
    if (unit === "%") return () => [0, 100];
    return (_, low, high) =>
      low === high ? [Math.min(0, low), Math.max(1, 2 * high)] : uPlot.rangeNum(low, high, 0.1, true);
  }

  /** Px that the longest label of an axis takes. */
  function roomOf(_, labels) {
    return 16 + 7 * Math.max(0, ...(labels ?? []).map(({ length }) => length));
  }

  const hours = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
  const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

  /** A new day says which. */
  function hourOf(seconds, at, all) {
    const [now, before] = [new Date(1000 * seconds), new Date(1000 * (all[at - 1] ?? 0))];
    const time = hours.format(now);
    const day = days.format(now);
    if (day === days.format(before)) return time;
    return time === "00:00" ? day : `${time}\n${day}`;
  }

  function valueIn(cell) {
    const time = cell.querySelector("time[datetime]");
    if (time !== null) return Date.parse(time.dateTime) / 1000;
    const held = cell.querySelector("[data-value]")?.dataset.value ?? cell.textContent.trim();
    return held === "" || Number.isNaN(Number(held)) ? null : Number(held);
  }

  /** A canvas knows no light-dark(). */
  function resolved(name) {
    const probe = document.createElement("span");
    probe.className = "unseen";
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  }

  function redraw() {
    for (const element of plots.keys()) plotOf(element);
  }

  // News -----------------------------------------------------------------------------------------------------------------
  const follows = page.dataset.follows ?? "none";
  const state = document.getElementById("live-state");
  const signIn = document.getElementById("sign-in-again");
  const pauseButton = document.getElementById("pause");
  /** The server's own words of each part, before anything was changed in them here. */
  const said = new WeakMap();
  /** What puts the focus back once a part is there. */
  const refocus = new WeakMap();
  let paused = stored("paused") === "yes";
  let sequence = Number(page.dataset.sequence ?? 0);
  /** How far what is shown could be trusted when it was made. */
  let condition = page.dataset.condition ?? "";
  let source = null;
  let heardAt = 0;
  let wanted = false;
  let busy = false;
  let retryMs = 1000;
  let soon = 0;

  /** News may have been missed. */
  let lost = false;
  /** The newest try to update has failed. */
  let behind = false;
  let signedOut = false;

  const betweenMs = 1000;
  const againMs = 5000;
  const retryMaxMs = 30_000;
  /** Without any news a page ages all the same: what is due becomes late. */
  const agesMs = 60_000;
  /** Something comes every 15 s: of a node that hangs, or a connection that nobody has ended, nothing does. */
  const silentMs = 40_000;

  function say() {
    const text = paused
      ? "paused: shown as it was"
      : signedOut
        ? "signed out: not updated"
        : lost
          ? "connection lost: trying again"
          : behind
            ? "not updated: trying again"
            : "updates itself";
    if (state !== null && state.textContent !== text) state.textContent = text;
    if (signIn !== null) signIn.hidden = !signedOut;
  }

  function want() {
    wanted = true;
    if (soon === 0) soon = setTimeout(() => ((soon = 0), refresh()), busy ? betweenMs : 0);
  }

  function refresh() {
    if (!wanted || paused || document.hidden || isBusyHere()) return;
    if (busy) return want();
    const parts = [...document.querySelectorAll("[data-live]")].map(({ id }) => `#${CSS.escape(id)}`);
    wanted = false;
    busy = true;
    htmx
      .ajax("GET", location.pathname + location.search, {
        source: document.body,
        swap: "none",
        selectOOB: parts.join(","),
      })
      .catch(() => {})
      .finally(() => setTimeout(() => ((busy = false), wanted && refresh()), betweenMs));
  }

  /** A button or key is held down. */
  let pressed = false;

  /** What is replaced under a press gets no click, and a dialog that is replaced is closed: the page waits for both. */
  function isBusyHere() {
    return pressed || document.querySelector("dialog[open]") !== null;
  }

  for (const down of ["pointerdown", "keydown"]) addEventListener(down, () => (pressed = true), true);
  for (const up of ["pointerup", "pointercancel", "keyup", "blur"])
    addEventListener(
      up,
      ({ target }) => {
        if (up === "blur" && target !== window) return;
        pressed = false;
        // After the click that comes of it.
        setTimeout(refresh);
      },
      true,
    );

  // What was written here would be lost with the page: whoever has written something is asked first.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Redirect") === null || !isAnythingWritten()) return;
    event.preventDefault();
    signedOut = true;
    say();
  });

  function isAnythingWritten() {
    return [...document.querySelectorAll("main :is(input:not([type=hidden]), textarea, select)")].some((field) => {
      if (field.type === "checkbox") return field.checked !== field.defaultChecked;
      if (field.options === undefined) return field.value !== field.defaultValue;
      const given = [...field.options].findIndex(({ defaultSelected }) => defaultSelected);
      return field.selectedIndex !== Math.max(0, given);
    });
  }

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const found = /data-sequence="(\d+)" data-condition="([a-z-]+)"/.exec(detail.xhr.responseText);
    // A refusal, or the page where one signs in: nothing of it belongs here.
    if (!detail.shouldSwap || found === null) return fallBehind();
    sequence = Number(found[1]);
    condition = found[2];
    behind = signedOut = false;
    say();
  });
  for (const failure of ["sendError", "timeout"]) document.addEventListener(`htmx:${failure}`, fallBehind);

  function fallBehind() {
    behind = true;
    say();
    setTimeout(want, againMs);
  }

  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    const old = detail.target;
    const next = detail.fragment.querySelector?.(`#${CSS.escape(old.id)}`) ?? detail.fragment.firstElementChild;
    if (next === null) return;
    if (isBusyHere()) {
      wanted = true;
      detail.shouldSwap = false;
      return;
    }
    const html = next.outerHTML;
    if (html === said.get(old) || isBeingWritten(old) || (old.id === "as-of" && isAnyBeingWritten())) {
      detail.shouldSwap = false;
      return;
    }
    said.set(next, html);
    keep(old, next);
    localise(next);
    const focused = keyOf(document.activeElement, old);
    if (focused !== null) refocus.set(detail, () => find(next, focused)?.focus({ preventScroll: true }));
    setTimeout(() => draw(next));
  });

  // In the same turn: a key that comes between would find no focus, and its step would be taken back.
  document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
    refocus.get(detail)?.();
    refocus.delete(detail);
  });

  /** Somebody is at one of its fields: it waits until he has left it. A tick is kept, and keeps nothing waiting. */
  function isBeingWritten(part) {
    const active = document.activeElement;
    return part.contains(active) && active.matches("input:not([type=checkbox]), select, textarea");
  }

  /** Then a part is older than the others: the page does not claim to be newer than that. */
  function isAnyBeingWritten() {
    return [...document.querySelectorAll("[data-live]")].some(isBeingWritten);
  }

  document.addEventListener("focusout", ({ target }) => {
    if (follows !== "none" && target.closest?.("[data-live]") && !target.matches("[type=checkbox], a, button")) want();
  });

  /** Details as the server wrote them, open or not. */
  const writtenOpen = new WeakMap();
  /** Those that the reader has opened or closed. */
  const turned = new WeakSet();

  function isTurned(details) {
    return turned.has(details) || writtenOpen.get(details) !== details.open;
  }

  /** What the reader has opened, closed, ticked or written in a part stays so. */
  function keep(old, next) {
    const details = [...next.querySelectorAll("details")];
    for (const it of details) writtenOpen.set(it, it.open);
    for (const [at, it] of [...old.querySelectorAll("details")].entries()) {
      const same = details[at];
      if (same === undefined || !isTurned(it)) continue;
      same.open = it.open;
      turned.add(same);
    }
    for (const field of old.querySelectorAll("input[type=checkbox]")) {
      const same = [...next.querySelectorAll("input[type=checkbox]")].find(
        ({ name, value }) => name === field.name && value === field.value,
      );
      if (same !== undefined) same.checked = field.checked;
    }
    for (const field of old.querySelectorAll("input:not([type=checkbox], [type=hidden]), textarea")) {
      if (field.value === field.defaultValue) continue;
      const same = [...next.querySelectorAll(field.tagName)].find(
        ({ name, form }) => name === field.name && form?.getAttribute("action") === field.form?.getAttribute("action"),
      );
      if (same !== undefined) same.value = field.value;
    }
  }

  /** Where the focus was, said so that it is found again in what comes instead. */
  function keyOf(element, within) {
    if (element === null || element === document.body || !within.contains(element)) return null;
    return { like: element, at: alike(within, element).indexOf(element) };
  }

  /** A dialog's button may say the same as the one that opened it. */
  function alike(part, element) {
    const keyIn = (it) => [it.getAttribute("href"), it.textContent, it.name, it.value].join("\n");
    return [...part.querySelectorAll(element.tagName)].filter((it) => keyIn(it) === keyIn(element));
  }

  function find(part, { like, at }) {
    return like.id === "" ? alike(part, like)[at] : document.getElementById(like.id);
  }

  function follow() {
    source?.close();
    source = null;
    if (follows === "none" || paused || document.hidden) return;
    source = new EventSource(`/api/changes?after=${sequence}`);
    heardAt = performance.now();
    source.addEventListener("open", () => {
      retryMs = 1000;
      if (!lost) return;
      // The node may be another one since, and the session have ended with it: nothing is claimed before that is known.
      [lost, behind] = [false, true];
      say();
      want();
    });
    source.addEventListener("changed", ({ data }) => {
      heardAt = performance.now();
      const { matches, sequence: at } = JSON.parse(data);
      const touches = matches === "many" || (follows === "all" ? matches.length > 0 : matches.includes(follows));
      if (at > sequence && touches) want();
    });
    source.addEventListener("condition", ({ data }) => {
      heardAt = performance.now();
      if (JSON.parse(data).condition !== condition) want();
    });
    source.addEventListener("reset", want);
    source.addEventListener("error", () => {
      const isClosed = source?.readyState === EventSource.CLOSED;
      // Who is refused the news can still ask.
      if (isClosed && !lost) want();
      lose();
      // What the browser gives up it does not try again by itself, as when the node was full or away.
      if (!isClosed) return;
      setTimeout(follow, retryMs);
      retryMs = Math.min(2 * retryMs, retryMaxMs);
    });
  }

  function lose() {
    lost = true;
    say();
  }

  function listen() {
    if (source === null || lost || performance.now() - heardAt < silentMs) return;
    lose();
    follow();
  }

  function pause(now) {
    paused = now;
    store("paused", paused ? "yes" : "no");
    pauseButton?.setAttribute("aria-pressed", String(paused));
    if (pauseButton !== null) pauseButton.textContent = paused ? "Go on" : "Pause";
    say();
    follow();
    if (!paused) want();
  }

  // Where nothing would be lost it is opened here.
  signIn?.addEventListener("click", () => {
    signIn.target = isAnythingWritten() ? "_blank" : "";
  });

  // Keys -----------------------------------------------------------------------------------------------------------------
  const keys = document.getElementById("keys");
  const keysOn = document.getElementById("keys-on");

  function rowLinks() {
    return [...document.querySelectorAll("main tbody tr, main [data-row]")].flatMap(
      (row) => row.querySelector("a") ?? [],
    );
  }

  function move(step) {
    const links = rowLinks();
    const row = document.activeElement?.closest("tr, [data-row]");
    const at = links.findIndex((link) => row?.contains(link));
    const next = links[at === -1 ? (step > 0 ? 0 : links.length - 1) : at + step];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  const does = {
    j: () => move(1),
    k: () => move(-1),
    "/": () => document.querySelector("form[role=search] input, form[role=search] select")?.focus(),
    "?": () => keys?.showModal(),
    p: () => follows !== "none" && pause(!paused),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
    if (document.querySelector("dialog[open]") !== null || !keysOn?.checked) return;
    const act = does[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });

  // Dialogs --------------------------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button === null || button === undefined) return;
    if (button.id === "pause") pause(!paused);
    if ("close" in button.dataset) button.closest("dialog")?.close();
    const { confirm } = button.dataset;
    if (confirm === undefined || !button.form.reportValidity()) return;
    event.preventDefault();
    document.getElementById(confirm)?.showModal();
  });

  // Enter in a field sends a form by its first button, which asks first; a form that is on its way is not sent again.
  document.addEventListener("submit", ({ target, submitter }) => {
    if (target.method === "post") setTimeout(() => submitter?.setAttribute("disabled", ""));
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) location.reload();
  });

  // Boxes: one in a table's head stands for all below it. ----------------------------------------------------------------
  document.addEventListener("change", ({ target }) => {
    const { tickAll } = target.dataset;
    if (tickAll === undefined) return;
    for (const box of document.querySelectorAll(`tbody input[type=checkbox][form="${tickAll}"]`))
      box.checked = target.checked;
  });

  // Lines to take along. Where a browser has no clipboard for us, the line is marked instead. -----------------------------
  document.addEventListener("click", ({ target }) => {
    const { copy } = target.dataset;
    const line = copy === undefined ? null : document.getElementById(copy);
    if (line === null) return;
    getSelection().selectAllChildren(line);
    const said = (text) => (target.textContent = text);
    if (navigator.clipboard === undefined) return said("Marked");
    navigator.clipboard.writeText(line.textContent).then(
      () => said("Copied"),
      () => said("Marked"),
    );
  });

  // What the reader has chosen ---------------------------------------------------------------------------------------------
  function stored(name) {
    try {
      return localStorage.getItem(`fulltime-${name}`);
    } catch {
      return null;
    }
  }

  function store(name, value) {
    try {
      localStorage.setItem(`fulltime-${name}`, value);
    } catch {
      // It is forgotten with the page.
    }
  }

  if (keysOn !== null) {
    keysOn.checked = stored("keys") !== "off";
    keysOn.addEventListener("change", () => store("keys", keysOn.checked ? "on" : "off"));
  }
  for (const part of document.querySelectorAll("[data-live]")) said.set(part, part.outerHTML);
  for (const it of document.querySelectorAll("details")) writtenOpen.set(it, it.open);
  localise(document);
  draw(document);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("resize", redraw);
  document.addEventListener("visibilitychange", () => {
    follow();
    if (!document.hidden) want();
  });
  // It does not bubble, and parts bring new ones.
  document.addEventListener("close", refresh, true);
  if (follows !== "none") {
    if (paused) pause(true);
    else follow();
    setInterval(want, agesMs);
    setInterval(listen, againMs);
  }
})();
