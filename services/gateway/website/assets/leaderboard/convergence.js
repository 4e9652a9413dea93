// The curves of all teams on the leaderboard in one chart.

import { lineChart } from "../shared/charts.js";

const COLOURED = 8;

/** Return a function that draws the rows that have a curve, in their order; the viewer's own team always has a colour. */
export function showConvergence(figure, own) {
  let chart = null;
  let drawn = "";
  return (rows) => {
    const series = rows.filter((row) => row.curve).map((row) => ({ name: row.team, x: row.curve.map((_, index) => index + 1), y: row.curve }));
    const at = series.findIndex((each) => each.name === own);
    if (at >= COLOURED) series.splice(COLOURED - 1, 0, ...series.splice(at, 1));
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
