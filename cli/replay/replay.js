"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const steps = data.steps, parts = data.parts;
  const at = (id) => document.getElementById(id);
  let now = -1, timer = 0;

  const MEANINGS = {
    ".": "absent: nothing is here; a reader must ask the pager",
    C: "clean: as the pager knows it; may be evicted",
    D: "dirty: written since the pager last saw it",
    W: "awaiting clean: the pager is writing it back",
    M: "zero marker: supplied as zeros without memory",
    Z: "dirty zeros: a zero interval that the pager must learn of",
    Y: "dirty zeros whose writeback has begun",
    U: "untracked zeros: beyond the stream size",
    P: "a page of its own, of an anonymous VMO or a clone",
  };

  /* An element with text, never markup: whatever stands in the session stays text. */
  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {}))
      if (value !== undefined && value !== false && value !== "") element.setAttribute(name, value);
    element.append(...children.filter((child) => child !== undefined && child !== ""));
    return element;
  }

  function fill(id, children) { at(id).replaceChildren(...children); }

  function tone(outcome) {
    if (/^ZX_OK/.test(outcome)) return "good";
    if (/^blocked/.test(outcome)) return "wait";
    if (/^(ZX_ERR|fault|killed)/.test(outcome)) return "bad";
    return "packet";
  }

  /* ---- Pages ---- */

  function contentOf(run, index) {
    const [, , kind, value] = run;
    if (kind === 1) return "\u201c" + String.fromCharCode(65 + (value + index) % 26) + "\u201d";
    if (kind === 2) return value >= 33 && value < 127 ? "\u201c" + String.fromCharCode(value) + "\u201d"
      : value.toString(16).padStart(2, "0");
    return kind === 3 ? "bytes" : "";
  }

  /* Pages of long runs stand as one cell. */
  function cellsOf(vmo) {
    const cells = [];
    let page = 0;
    for (const run of vmo.r) {
      const one = run[0] > 64;
      for (let i = 0; i < (one ? 1 : run[0]); i++)
        cells.push({ page: page + i, count: one ? run[0] : 1, letter: run[1], content: contentOf(run, i), pins: run[4],
          need: run[5] });
      page += run[0];
    }
    return cells;
  }

  function pageAt(vmo, page) {
    let first = 0;
    for (const run of vmo ? vmo.r : []) {
      if (page < first + run[0]) return run[1] + contentOf(run, page - first);
      first += run[0];
    }
    return "";
  }

  const mapOf = (vmo) => vmo.r.map((run) => (run[0] > 8 ? run[1] + "*" + run[0] : run[1].repeat(run[0]))).join(" ");

  function inWords(vmo) {
    let page = 0;
    return vmo.r.map((run) => {
      const where = run[0] > 1 ? `pages ${page} to ${page + run[0] - 1}` : `page ${page}`;
      page += run[0];
      return `${where} ${MEANINGS[run[1]].split(":")[0]}`;
    }).join(", ");
  }

  /* The outstanding requests that cover a page, "READ by t1, DIRTY by t2": a request reads "READ v 0 2". */
  function askedFor(vmo, cell) {
    return (steps[now].r || []).map((part) => parts[part]).filter((request) => {
      const [, name, first, count] = request.w.split(" ");
      return name === vmo.n && Number(first) < cell.page + cell.count && cell.page < Number(first) + Number(count);
    }).map((request) => `${request.w.split(" ")[0]} by ${request.o}`).join(", ");
  }

  function cellOf(vmo, before, cell) {
    const changed = before !== undefined && pageAt(before, cell.page) !== cell.letter + cell.content;
    const asked = askedFor(vmo, cell);
    const where = cell.count > 1 ? `${cell.page}\u2026${cell.page + cell.count - 1}` : String(cell.page);
    const button = make("button", { type: "button", tabindex: "-1", "data-s": cell.letter,
      class: "cell" + (cell.count > 1 ? " long" : "") + (changed ? " changed" : "") + (asked ? " asked" : ""),
      title: asked && `asked for: ${asked}`,
      "aria-label": `${vmo.n} page ${where}: ${MEANINGS[cell.letter].split(":")[0]} ${cell.content}` +
        (asked && `, asked for: ${asked}`) },
    make("span", { class: "page", "aria-hidden": "true" }, where), cell.letter,
    make("small", {}, cell.count > 1 ? `${cell.count} pages` : cell.content));
    if (cell.pins) button.append(make("span", { class: "pin", title: `${cell.pins} pins` }, "pin"));
    button.addEventListener("click", () => explainPage(vmo, cell));
    return button;
  }

  function vmoOf(vmo, before) {
    const facts = [`${vmo.z} ${vmo.z === 1 ? "page" : "pages"}`, vmo.f, vmo.p && `child of ${vmo.p}`,
      vmo.b !== undefined && `stream size ${vmo.b} bytes`].filter(Boolean).join(", ");
    const grid = make("div", { class: "grid", role: "group", "aria-label": `Pages of ${vmo.n}: ${inWords(vmo)}` });
    grid.append(...cellsOf(vmo).map((cell) => cellOf(vmo, before, cell)));
    return make("article", { class: "vmo", "data-vmo": vmo.n, "data-map": mapOf(vmo), "aria-label": `VMO ${vmo.n}` },
      make("header", {}, make("h3", {}, vmo.n), make("span", { class: "facts" }, facts)), grid);
  }

  function vmosAt(index) { return index < 0 ? [] : (steps[index].v || []).map((part) => parts[part]); }

  function showPages() {
    const before = vmosAt(now - 1), vmos = vmosAt(now);
    fill("vmos", vmos.map((vmo) => vmoOf(vmo, now > 0 ? before.find((other) => other.n === vmo.n) : undefined)));
    if (!vmos.length) fill("vmos", [make("p", { class: "none" }, "There is no VMO.")]);
  }

  /* ---- Explanations ---- */

  function ruleOf(id) {
    const rule = data.rules[id];
    if (!rule) return "";
    return make("div", { class: "rule" }, make("div", {}, rule[1]),
      make("div", { class: "chapter" }, make("code", {}, id), ` (${rule[0]}), chapter ${rule[2]}`));
  }

  function callOf(call) {
    const outcome = make("span", { class: tone(call[1]) }, call[1]);
    return make("div", {}, make("div", { class: "call" }, call[0], " = ", outcome),
      ruleOf(call[2]));
  }

  function eventsOf(step) {
    const known = step.c.map((call) => (data.rules[call[2]] || [])[1]);
    return step.e.filter((event) => !known.includes(event[0]))
      .map((event) => make("li", {}, event[0]));
  }

  function explainStep() {
    const step = steps[now], events = eventsOf(step);
    fill("explain", [make("p", {}, make("code", {}, step.s), " ", make("span", { class: tone(step.o) }, step.o)),
      step.x ? make("p", { class: "bad" }, "This is not what the script expected.") : "",
      ...step.c.map(callOf), events.length ? make("ul", {}, ...events) : ""].filter(Boolean));
  }

  function explainPage(vmo, cell) {
    const history = [];
    let last = "";
    steps.slice(0, now + 1).forEach((step, index) => {
      const then = pageAt(vmosAt(index).find((other) => other.n === vmo.n), cell.page);
      if (then && then !== last) history.push([index, then]);
      last = then;
    });
    fill("explain", [make("p", {}, make("strong", {}, `Page ${cell.page} of ${vmo.n}`)),
      make("p", {}, `${cell.letter} \u2013 ${MEANINGS[cell.letter]}`),
      cell.pins ? make("p", {}, `Pinned ${cell.pins} times: it stays where it is.`) : "",
      cell.need ? make("p", {}, "Hinted ALWAYS_NEED: eviction passes it by.") : "",
      make("p", {}, "Its history:"),
      make("ul", {}, ...history.map(([index, then]) =>
        make("li", {}, `${then}  step ${index + 1}: ${steps[index].s}`)))]
      .filter(Boolean));
  }

  /* ---- Threads, ports, requests ---- */

  function none(text) { return [make("li", { class: "none" }, text)]; }

  function threadOf(thread) {
    const blocked = thread.s === "blocked", over = thread.s === "faulted" || thread.s === "killed";
    const what = blocked ? `blocked in ${thread.c}, waits for ${thread.w || "an answer"}`
      : `${thread.s}${thread.c ? `; last ${thread.c} = ${thread.o || ""}` : ""}`;
    const tint = blocked ? "blocked" : over ? "over" : "ready";
    return make("li", { class: tint, "data-thread": thread.n, "data-state": thread.s },
      make("strong", {}, thread.n), " ", what);
  }

  function portOf(port) {
    const packets = port.p.map((packet) => make("li", { class: "packets" }, packet));
    return make("div", { class: "port", "data-port": port.n, "data-packets": port.p.join("; ") },
      make("h3", {}, port.n), make("ul", { class: "cards", "aria-label": `Packets on ${port.n}, oldest first` },
        ...(packets.length ? packets : none("no packets"))));
  }

  function requestOf(request) {
    return make("li", { class: "blocked" }, make("strong", {}, request.w), ` by ${request.o}; its packet: ${request.p}`,
      request.a ? `; ${request.a} more wait` : "");
  }

  function listOf(id, numbers, each, empty) {
    const items = (numbers || []).map((part) => each(parts[part]));
    fill(id, items.length ? items : none(empty));
  }

  function showRest() {
    const step = steps[now];
    listOf("threads", step.t, threadOf, "no thread made a call");
    listOf("requests", step.r, requestOf, "nobody waits for the pager");
    fill("ports", (step.q || []).map((part) => portOf(parts[part])));
    if (!(step.q || []).length) fill("ports", [make("p", { class: "none" }, "There is no port.")]);
  }

  /* ---- Stepping ---- */

  function markLine() {
    for (const line of at("lines").querySelectorAll("[aria-current]")) line.removeAttribute("aria-current");
    const button = at("lines").children[now].firstChild, list = at("lines");
    button.setAttribute("aria-current", "step");
    const top = button.offsetTop - list.offsetTop;
    if (top < list.scrollTop || top + button.offsetHeight > list.scrollTop + list.clientHeight)
      list.scrollTop = top - list.clientHeight / 2;
  }

  function tell() {
    const step = steps[now];
    at("statement").replaceChildren(step.s, " ", make("span", { class: step.x ? "bad" : tone(step.o) }, step.o));
    at("where").textContent = `${now + 1} / ${steps.length}`;
    at("scrubber").value = String(now);
    at("scrubber").setAttribute("aria-valuetext", `step ${now + 1} of ${steps.length}: ${step.s}`);
    at("live").textContent = `Step ${now + 1} of ${steps.length}: ${step.s}. ${step.o}. ` +
      step.e.slice(0, 4).map((event) => event[0]).join("; ");
    at("first").disabled = at("back").disabled = now === 0;
    at("last").disabled = at("next").disabled = now === steps.length - 1;
  }

  function show(index) {
    const wanted = Math.max(0, Math.min(steps.length - 1, index));
    if (wanted === now) return;
    now = wanted;
    document.body.dataset.step = String(now);
    showPages();
    showRest();
    explainStep();
    markLine();
    tell();
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    at("play").setAttribute("aria-pressed", "false");
    at("play").textContent = "Play";
  }

  function play() {
    if (timer) return stop();
    if (now === steps.length - 1) show(0);
    at("play").setAttribute("aria-pressed", "true");
    at("play").textContent = "Pause";
    timer = setInterval(() => (now < steps.length - 1 ? show(now + 1) : stop()), 1000);
    return undefined;
  }

  function onKey(event) {
    const moves = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: steps.length - 1 };
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "p" || event.key === "P") play();
    else if (event.key in moves) show(moves[event.key]);
    else return;
    if (event.key in moves) event.preventDefault();
  }

  function lineOf(step, index) {
    const button = make("button", { type: "button" }, make("span", { class: "number" }, String(index + 1)),
      make("span", { class: "text" }, step.s,
        step.o ? make("span", { class: `came ${step.x ? "bad" : tone(step.o)}` }, step.o) : ""));
    button.addEventListener("click", () => show(index));
    return make("li", {}, button);
  }

  function begin() {
    const left = data.left ? ` The first ${data.left} are left out.` : "";
    at("about").textContent = steps.length ? `${steps.length} statements.${left}` : "No statement was recorded.";
    fill("letters", Object.entries(MEANINGS).flatMap(([letter, text]) =>
      [make("dt", { class: "mono" }, letter), make("dd", {}, text)]));
    if (!steps.length) return;
    fill("lines", steps.map(lineOf));
    at("scrubber").max = String(steps.length - 1);
    at("scrubber").addEventListener("input", () => show(Number(at("scrubber").value)));
    at("first").addEventListener("click", () => show(0));
    at("back").addEventListener("click", () => show(now - 1));
    at("next").addEventListener("click", () => show(now + 1));
    at("last").addEventListener("click", () => show(steps.length - 1));
    at("play").addEventListener("click", play);
    document.addEventListener("keydown", onKey);
    const wanted = /^#step=([0-9]+)$/.exec(location.hash);
    show(wanted ? Number(wanted[1]) - 1 : 0);
  }

  begin();
})();
