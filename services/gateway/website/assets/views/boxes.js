// How scores are spread on each black box.

import { lineChart, withColourFor } from "../shared/charts.js";
import { byId } from "../shared/dom.js";
import { data, follow } from "./feed.js";

const chart = lineChart(byId("boxes"), {
  title: "Scores by black box",
  x: { label: "black box", names: [] },
  y: { label: "score", digits: 2 },
  series: [],
  waiting: "Nothing to draw yet: points come with the first scored submission.",
});

follow("boxes", ({ boxes, teams }) => {
  const x = boxes.map((_, index) => index + 1);
  const of = (name) => boxes.map((box) => box[name]);
  const median = { name: "median, and the middle half", x, y: of("median"), low: of("quartile"), high: of("upper_quartile") };
  const points = teams.map((name, at) => ({ name, x, y: boxes.map((box) => box.scores[at]), points: true }));
  chart.update([median, ...withColourFor(data.team, points)], { names: of("box") });
});
