// Scores and ranks over the days.

import { lineChart, withColourFor } from "../shared/charts.js";
import { byId } from "../shared/dom.js";
import { data, follow } from "./feed.js";

const x = { label: "time", time: true };
const waiting = "Nothing to draw yet: the lines begin with the first scored submission.";
const scores = lineChart(byId("scores"), { title: "Score", note: "of the counting submission", x, y: { label: "score" }, series: [], waiting });
const ranks = lineChart(byId("ranks"), { title: "Rank", note: "the first is at the top", x, y: { label: "rank", whole: true, reverse: true, marks: [1] }, series: [], waiting });

follow("days", ({ moments, teams }) => {
  const seconds = moments.map((each) => Date.parse(each) / 1000);
  const lines = (name) => withColourFor(data.team, teams.map((team) => ({ name: team.team, x: seconds, y: team[name], step: true })));
  scores.update(lines("scores"));
  ranks.update(lines("ranks"));
});
