/* What a page that replays a session shows and says, read from what a reader gets: replay-browser.c evaluates this file once and then calls
 * replayShown() at each step, replayAudit() in each appearance. */
"use strict";

/* One letter a page; a cell that stands for many says how many. */
function replayCells(vmo) {
  return [...vmo.querySelectorAll(".cell")].map((cell) => {
    const small = cell.querySelector("small").textContent, many = /^([0-9]+) pages$/.exec(small);
    return { letter: cell.dataset.s, count: many ? Number(many[1]) : 1, content: many ? "" : small,
      label: cell.getAttribute("aria-label"), pinned: cell.querySelector(".pin") !== null,
      asked: cell.classList.contains("asked") };
  });
}

function replayShown() {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const line = document.querySelector("#lines [aria-current=step]");
  const came = line && line.querySelector(".came");
  return {
    step: Number(document.body.dataset.step),
    statement: line ? line.querySelector(".text").firstChild.textContent : "",
    came: came ? came.textContent : "",
    vmos: Object.fromEntries(all(".vmo").map((vmo) => [vmo.dataset.vmo, replayCells(vmo)])),
    threads: Object.fromEntries(all("#threads [data-thread]").map((thread) => [thread.dataset.thread, thread.dataset.state])),
    ports: Object.fromEntries(all(".port").map((port) => [port.dataset.port, [...port.querySelectorAll("li.packets")].map((e) => e.textContent)])),
    requests: all("#requests li:not(.none) strong").map((e) => e.textContent),
    live: document.getElementById("live").textContent,
    where: document.getElementById("where").textContent,
    current: all("[aria-current=step]").length,
  };
}

/* ---- Can it be read? ---- */

const replayRgb = (color) => (color.match(/[0-9.]+/g) || [0, 0, 0, 0]).map(Number);

function replayLuminance([r, g, b]) {
  const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}

function replayBackground(element) {
  for (let at = element; at; at = at.parentElement) {
    const color = replayRgb(getComputedStyle(at).backgroundColor);
    if (color.length < 4 || color[3] > 0.99) return color;
  }
  return [255, 255, 255];
}

/* The text's colour over its background, with the opacity of what is around it. */
function replayContrast(element) {
  const below = replayBackground(element);
  let opacity = 1;
  for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
  const above = replayRgb(getComputedStyle(element).color).slice(0, 3).map((v, i) => v * opacity + below[i] * (1 - opacity));
  const [light, dark] = [replayLuminance(above), replayLuminance(below)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/* Complaints: text that is hard to tell from its background, what is wider than the window, buttons without a name or too small for a
 * finger. Disabled buttons are meant to be faint. */
function replayAudit() {
  const wrong = [];
  const visible = (e) => e.getClientRects().length && !e.closest(".hidden, .skip");
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (own && visible(e) && !e.disabled && !["SCRIPT", "STYLE", "NOSCRIPT"].includes(e.tagName) && replayContrast(e) < 4.5)
      wrong.push(`contrast ${replayContrast(e).toFixed(1)}: ${e.tagName}.${e.className} "${e.textContent.slice(0, 20)}"`);
  }
  for (const b of document.querySelectorAll("button")) {
    const { width, height } = b.getBoundingClientRect();
    if (!b.textContent.trim() && !b.getAttribute("aria-label")) wrong.push("a button without a name");
    if (visible(b) && (width < 24 || height < 24)) wrong.push(`a button of ${width} by ${height}: ${b.textContent}`);
  }
  if (document.documentElement.scrollWidth > window.innerWidth) wrong.push(`wider than the window: ${document.documentElement.scrollWidth}`);
  return [...new Set(wrong)].slice(0, 10);
}

function replayCenter(selector) {
  const box = document.querySelector(selector).getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2, left: box.left, right: box.right };
}
