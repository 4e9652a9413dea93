// The leaderboard: rows arrive as numbered changes; only changed rows are drawn again, and they slide to their places.

import { byId, chip, h, moment, pageData, percent, score, time } from "../shared/dom.js";
import { showConvergence } from "./convergence.js";
import { watchGeneralization } from "./generalization.js";
import { interval } from "./interval.js";
import { showState, watch } from "../shared/live.js";

const SLIDE_MS = 600;
const data = pageData();
const leaderboard = byId("leaderboard");
const rows = new Map(data.rows.map((row) => [row.team, row]));
const drawn = new Map(); // by team; a baseline row, whose name a team may have, too, stands for itself
const before = new Map(Object.entries(data.before?.ranks ?? {}));
const drawConvergence = showConvergence(byId("convergence"), data.team);
const generalization = data.generalization ? watchGeneralization(data, drawAnew) : null;
let scale = "";
let body = null;

const COLUMNS = [
  ["Rank", "rank"],
  ["Team", "team"],
  ["Score", "number"],
  ["95 % interval", "wide"],
  ...(generalization ? [["Generalization", "number wide"]] : []),
  ["Submissions", "number wide"],
  ["Last change", "wide"],
  ["State", "state"],
];

const keyOf = (row) => (row.baseline ? row : row.team);

function inOrder() {
  const key = (row) => [row.rank ?? Infinity, row.score === null ? Infinity : -row.score];
  return [...rows.values()].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    return x[0] - y[0] || x[1] - y[1] || a.team.localeCompare(b.team);
  });
}

/** Return the teams' rows with the baseline rows, which stay as they are, where they would be. */
function withBaselines(teams) {
  const order = [...teams];
  for (const row of data.baseline_rows) {
    const place = order.findIndex((each) => !each.baseline && (each.rank === null || each.score < row.score));
    order.splice(place < 0 ? order.length : place, 0, row);
  }
  return order;
}

function trend(row, old) {
  const [now, then] = [row.current?.score ?? row.score, old ? (old.current?.score ?? old.score) : null];
  if (then === null || now === null || now === then) return null;
  return h("span", { class: now > then ? "up" : "down", "aria-hidden": "true" }, now > then ? " ▲" : " ▼");
}

function underWay(row, old) {
  const current = row.provisional ? row : row.current;
  if (!current) return chip(row.state);
  const { studies_done: done, studies_total: total } = current;
  return h(
    "span",
    { class: "running", title: `${done} of ${total} studies done` },
    chip(row.provisional ? row.state : "running"),
    h("progress", { max: total, value: done, "aria-label": `${done} of ${total} studies done` }),
    h("span", { class: "number provisional" }, `${percent(done, total)}`),
    !row.provisional && current.score !== null
      ? h("span", { class: "number provisional", title: "provisional score of the running submission" }, score(current.score), trend(row, old))
      : null,
  );
}

const numbers = ([low, high]) => h("span", { class: "number bounds" }, `${low.toFixed(1)} – ${high.toFixed(1)}`);

function baselineCells(row, scores) {
  const { studies_done: done, studies_total: total } = row;
  const under = row.provisional ? h("span", { class: "number provisional", title: `${done} of ${total} studies done` }, ` ${percent(done, total)}`) : null;
  return [
    h("td", { class: "rank" }, "–"),
    h("th", { scope: "row", class: "team" }, row.team),
    h("td", { class: row.provisional ? "number score provisional" : "number score" }, score(row.score)),
    h("td", { class: "wide" }, row.interval ? [interval(row.interval, row.score, scores), numbers(row.interval)] : "–"),
    ...(generalization ? [h("td", { class: "number wide" }, "–")] : []),
    h("td", { class: "number wide" }, "–"),
    h("td", { class: "wide" }, "–"),
    h("td", { class: "state" }, chip("baseline"), under),
  ];
}

function cells(row, old, scores) {
  if (row.baseline) return baselineCells(row, scores);
  const place = row.rank === null ? "–" : String(row.rank);
  return [
    h(
      "td",
      { class: "rank" },
      place,
      row.within_noise_of_next
        ? h("abbr", { title: "within the noise of the next place" }, " ≈")
        : null,
      before.size
        ? h("small", { title: `rank in ${data.before.phase}` }, ` was ${before.get(row.team) ?? "–"}`)
        : null,
    ),
    h("th", { scope: "row", class: "team" }, row.team),
    h(
      "td",
      { class: row.provisional ? "number score provisional" : "number score" },
      score(row.score),
      row.provisional ? trend(row, old) : null,
    ),
    h(
      "td",
      { class: "wide" },
      row.interval
        ? [
            interval(row.interval, row.score, scores),
            numbers(row.interval),
          ]
        : "–",
    ),
    ...(generalization ? [generalization.cell(row.team)] : []),
    h("td", { class: "number wide" }, String(row.submissions)),
    h("td", { class: "wide" }, time(row.changed_at)),
    h("td", { class: "state" }, underWay(row, old)),
  ];
}

/** Draw all rows again, though none has changed. */
function drawAnew() {
  scale = "";
  draw();
}

function draw() {
  const teams = inOrder();
  const order = withBaselines(teams);
  drawConvergence(teams);
  byId("legend").hidden = order.length === 0;
  byId("about-bar").hidden = !order.some((row) => row.interval);
  byId("about-noise").hidden = !order.some((row) => row.within_noise_of_next);
  if (!order.length) {
    leaderboard.replaceChildren(
      h("div", { class: "empty" }, h("h2", {}, "No submission yet"), h("p", {}, "The first one shows here as soon as it is accepted, and moves while it is scored.")),
    );
    body = null;
    drawn.clear();
    return;
  }
  if (body === null) {
    body = h("tbody");
    const heads = COLUMNS.map(([title, kind]) => h("th", { scope: "col", class: kind }, title));
    leaderboard.replaceChildren(h("table", { class: "leaderboard" }, h("caption", { class: "unseen" }, `Leaderboard of phase ${data.phase}`), h("thead", {}, h("tr", {}, heads)), body));
  }
  const bounds = order.flatMap((row) => row.interval ?? (row.score === null ? [] : [row.score]));
  const scores = [Math.min(...bounds, 100), Math.max(...bounds, 100)];
  const newScale = JSON.stringify(scores);
  const rescaled = newScale !== scale;
  scale = newScale;

  const tops = new Map([...drawn].map(([key, { element }]) => [key, element.getBoundingClientRect().top]));
  for (const row of order) {
    const old = drawn.get(keyOf(row));
    if (!old) {
      const element = h("tr", {}, cells(row, null, scores));
      element.classList.toggle("own", !row.baseline && row.team === data.team);
      element.classList.toggle("baseline", row.baseline === true);
      drawn.set(keyOf(row), { row, element });
    } else if (rescaled || old.row !== row) {
      old.element.replaceChildren(...cells(row, old.row, scores));
      if (old.row !== row && (old.row.score !== row.score || old.row.rank !== row.rank)) flash(old.element);
      old.row = row;
    }
  }
  for (const [key, { row, element }] of drawn) {
    if (!row.baseline && !rows.has(row.team)) {
      element.remove();
      drawn.delete(key);
    }
  }
  place(order.map((row) => drawn.get(keyOf(row)).element));
  slide(tops);
}

function place(elements) {
  elements.forEach((element, index) => {
    if (body.children[index] !== element) body.insertBefore(element, body.children[index] ?? null);
  });
}

const still = matchMedia("(prefers-reduced-motion: reduce)");

function slide(tops) {
  if (still.matches) return;
  for (const [key, top] of tops) {
    const element = drawn.get(key)?.element;
    const moved = element ? top - element.getBoundingClientRect().top : 0;
    if (Math.abs(moved) > 1) {
      element.animate([{ transform: `translateY(${moved}px)` }, { transform: "none" }], { duration: SLIDE_MS, easing: "ease-in-out" });
    }
  }
}

function flash(element) {
  if (!still.matches) element.animate([{ backgroundColor: "var(--flash)" }, { backgroundColor: "transparent" }], { duration: 1500 });
}

function showFrozen(frozen) {
  const note = byId("frozen");
  note.hidden = !frozen;
  const since = data.frozen_at ? ` since ${moment(data.frozen_at)}` : "";
  note.textContent = `This leaderboard is frozen${since}: for everybody but the organizer it shows how things stood then. Scoring goes on.`;
}

showFrozen(data.frozen);
draw();
watch(`/api/v1/competitions/${encodeURIComponent(data.slug)}/live?phase=${encodeURIComponent(data.phase)}`, {
  since: data.change,
  onState: showState(byId("live")),
  onMessage(message) {
    if (message.type === "snapshot") rows.clear();
    for (const team of message.removed ?? []) rows.delete(team);
    for (const row of message.rows) rows.set(row.team, row);
    showFrozen(message.frozen);
    draw();
    generalization?.ask();
  },
});
