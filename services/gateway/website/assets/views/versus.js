// Two teams against each other.

import { lineChart } from "../shared/charts.js";
import { byId, h } from "../shared/dom.js";
import { data, follow } from "./feed.js";

/** A share of samples as a probability: none in 10,000 is not never. */
const percent = (share) => (share > 0.999 ? "more than 99.9 %" : `${(100 * share).toFixed(1)} %`);

function sentence({ a, b, a_better: better }) {
  if (better === null) return "They share fewer than two black boxes, which says nothing of others.";
  const [first, second, probability] = better >= 0.5 ? [a, b, better] : [b, a, 1 - better];
  return [h("b", {}, first), " is better than ", h("b", {}, second), " with a probability of ", h("b", {}, percent(probability)), "."];
}

function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

function draw(found) {
  const { a, b, difference, interval, boxes } = found;
  const bounds = interval ? `${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}` : "–";
  byId("verdict").replaceChildren(
    h("p", {}, sentence(found)),
    h("dl", { class: "facts" }, fact("Mean difference, in points", difference.toFixed(2)), fact("95 % interval", bounds), fact(`Black boxes won by ${a}`, found.a_wins), fact(`Won by ${b}`, found.b_wins), fact("Equal", found.ties)),
  );
  const order = [...boxes].sort((one, other) => one.a - one.b - (other.a - other.b));
  const x = order.map((_, index) => index + 1);
  const lines = ["a", "b"].map((side) => ({ name: found[side], x, y: order.map((box) => box[side]), points: true }));
  chart.update(lines, { names: order.map((box) => box.box) });
}

const place = byId("pair");
const chart = place && lineChart(place, {
  title: "Scores by black box",
  note: "from where the second team is ahead most to where the first is",
  x: { label: "black box", names: [] },
  y: { label: "score", digits: 2 },
  series: [],
  waiting: "Loading…",
});

if (chart) follow(`head-to-head?a=${encodeURIComponent(data.a)}&b=${encodeURIComponent(data.b)}`, draw);
