// Scores by iteration, compared with random search and the best known; a table has the same numbers.

import { h, svg } from "../shared/dom.js";

const [WIDTH, HEIGHT] = [520, 260];
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 12, 14, 36];

/** Steps of 1, 2 or 5 times a power of ten, about four of them. */
function ticks(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1000; at += step) found.push(Number(at.toFixed(6)));
  return found;
}

/** Return the lowest and highest score to draw, including the best known. */
function bounds(series) {
  const values = series.flatMap((each) => each.scores);
  const low = Math.min(...values, 99.9);
  const high = Math.max(...values, 100);
  const room = Math.max(1e-3, high - low) * 0.06;
  return [low - room, high + room];
}

function frame(n, [low, high], x, y) {
  const lines = ticks(low, high).flatMap((value) => [
    svg("line", { class: "rule", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
    svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)),
  ]);
  const every = Math.ceil(n / 8);
  const numbers = Array.from({ length: n }, (_, index) => index + 1).filter((each) => each === 1 || each % every === 0);
  return [
    ...lines,
    ...numbers.map((each) => svg("text", { x: x(each - 1), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, String(each))),
    svg("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 4, "text-anchor": "middle", class: "axis-name" }, "iteration"),
    svg("text", { x: LEFT - 38, y: TOP - 3, class: "axis-name" }, "score"),
  ];
}

function curve({ kind, scores }, x, y) {
  const points = scores.map((score, index) => `${x(index).toFixed(1)},${y(score).toFixed(1)}`).join(" ");
  const last = scores.length - 1;
  return svg("g", { class: `series ${kind}` }, svg("polyline", { points }), svg("circle", { cx: x(last), cy: y(scores[last]), r: 3.5 }));
}

function numbers(title, series, n) {
  const rows = Array.from({ length: n }, (_, index) =>
    h("tr", {}, h("th", { scope: "row", class: "number" }, String(index + 1)), series.map(({ scores }) => h("td", { class: "number" }, scores[index]?.toFixed(2) ?? "–"))),
  );
  const heads = ["Iteration", ...series.map((each) => each.name)].map((name) => h("th", { scope: "col", class: "number" }, name));
  return h("details", {}, h("summary", {}, "As a table"), h("table", {}, h("caption", { class: "unseen" }, title), h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)));
}

/** Put a chart into a figure: scores of this submission and of random search after each iteration, either may be null. */
export function drawCurves(figure, { title, note, own, random, randomName = "random search" }) {
  const wasOpen = figure.querySelector("details")?.open ?? false;
  const series = [
    own && { kind: "own", name: "this submission", scores: own },
    random && { kind: "random", name: randomName, scores: random },
  ].filter(Boolean);
  const caption = h("figcaption", {}, h("b", {}, title), note && h("small", {}, ` ${note}`));
  if (!series.length) {
    figure.replaceChildren(caption, h("p", { class: "waiting" }, "Nothing to draw yet: the curves begin with the first finished study."));
    return;
  }
  const n = Math.max(...series.map((each) => each.scores.length));
  const range = bounds(series);
  const x = (index) => LEFT + (index * (WIDTH - LEFT - RIGHT)) / Math.max(1, n - 1);
  const y = (score) => TOP + ((range[1] - score) / (range[1] - range[0])) * (HEIGHT - TOP - BOTTOM);
  const label = `${title}, after ${n} iterations: ${series.map((each) => `${each.name} ${each.scores.at(-1).toFixed(2)}`).join(", ")}, best known 100.`;
  const best = svg("line", { class: "best", x1: LEFT, x2: WIDTH - RIGHT, y1: y(100), y2: y(100) });
  const drawing = svg("svg", { class: "curves", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, frame(n, range, x, y), best, series.toReversed().map((each) => curve(each, x, y)));
  const keys = [...series, { kind: "best", name: "best known (100)" }].map(({ kind, name }) => h("span", { class: `key ${kind}` }, name));
  const table = numbers(title, series, n);
  table.open = wasOpen;
  figure.replaceChildren(caption, drawing, h("p", { class: "keys" }, keys), table);
}
