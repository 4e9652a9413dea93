// The curves of all teams on the leaderboard in one chart.

import { lineChart, withColourFor } from "../shared/charts.js";

/** Return a function that draws the rows that have a curve, in their order; the viewer's own team always has a colour. */
export function showConvergence(figure, own) {
  let chart = null;
  let drawn = "";
  return (rows) => {
    const curves = rows.filter((row) => row.curve).map((row) => ({ name: row.team, x: row.curve.map((_, index) => index + 1), y: row.curve }));
    const series = withColourFor(own, curves);
    const now = JSON.stringify(series);
    if (now === drawn) return;
    drawn = now;
    figure.hidden = series.length === 0;
    if (series.length && !chart) {
      chart = lineChart(figure, {
        title: "Convergence",
        note: "the score after each iteration, mean over all black boxes",
        x: { label: "iteration", whole: true },
        y: { label: "score" },
        series,
      });
    } else chart?.update(series);
  };
}
