#!/bin/sh
# replay-probe.sh PAGE: the exported page with a script behind it that steps through it by its keys and writes down what it shows, as a
# script of the language: lines "PROBE ...", then "DONE ok" or "DONE" and what was wrong.
set -eu
sed '/^<\/body>/,$d' "$1"
cat <<'END'
<pre id="probe"></pre>
<script>
"use strict";
(() => {
  const lines = [], wrong = [];
  const must = (holds, what) => { if (!holds) wrong.push(what); };
  const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const step = () => Number(document.body.dataset.step);
  const statements = [...document.querySelectorAll("#lines .text")].map((e) => e.firstChild.textContent);
  press("End");
  must(step() === statements.length - 1, "End");
  press("Home");
  must(step() === 0, "Home");
  for (let i = 0; i < statements.length; i++) {
    const came = document.querySelectorAll("#lines button")[i].querySelector(".came");
    lines.push(statements[i] + (came ? " => " + came.textContent : ""));
    for (const vmo of document.querySelectorAll(".vmo")) {
      const shown = [...vmo.querySelectorAll(".cell")].map((cell) => {
        const many = /([0-9]+) pages/.exec(cell.querySelector("small").textContent);
        return cell.dataset.s + (many ? "*" + many[1] : "");
      });
      if (/^[a-z]+$/.test(vmo.dataset.vmo)) lines.push(`expect pages ${vmo.dataset.vmo} "${shown.join("")}"`);
    }
    for (const port of document.querySelectorAll(".port"))
      if (port.dataset.port === "port" && !port.dataset.packets) lines.push("expect packets none");
    for (const thread of document.querySelectorAll("#threads [data-state=blocked]"))
      lines.push(`expect blocked ${thread.dataset.thread}`);
    must(document.querySelectorAll("[aria-current=step]").length === 1, "the current line");
    must(document.getElementById("live").textContent.startsWith(`Step ${i + 1} of`), `the live region of ${i}: ${document.getElementById("live").textContent}`);
    press("ArrowRight");
  }
  press("ArrowLeft");
  must(step() === statements.length - 2, "Left");
  const scrubber = document.getElementById("scrubber");
  scrubber.value = "2";
  scrubber.dispatchEvent(new Event("input"));
  must(step() === 2, "the scrubber");
  document.querySelectorAll("#lines button")[4].click();
  must(step() === 4, "a click on a line");
  document.querySelector(".cell").click();
  must(document.getElementById("explain").textContent.startsWith("Page 0 of v"), "a click on a page");
  must([...document.querySelectorAll("button")].every((b) => b.textContent.trim() || b.getAttribute("aria-label")), "a nameless button");
  must(document.querySelector("main") && document.querySelector("nav[aria-label]"), "landmarks");
  must(document.documentElement.scrollWidth <= window.innerWidth, "wider than the window");
  document.getElementById("probe").textContent =
    "\n" + lines.map((line) => "PROBE " + line).join("\n") + "\nDONE " + (wrong.join(", ") || "ok") + "\n";
})();
</script>
</body>
</html>
END
