// Small charts of scores as SVG.

import { svg } from "./dom.js";

/** A curve of scores; `range` is the lowest and highest score to draw. */
export function sparkline(scores, range, label) {
  const [width, height] = [96, 24];
  const [low, high] = range;
  const x = (index) => 2 + (index * (width - 4)) / Math.max(1, scores.length - 1);
  const y = (score) => 2 + ((high - score) / (high - low || 1)) * (height - 4);
  const points = scores.map((score, index) => `${x(index).toFixed(1)},${y(score).toFixed(1)}`).join(" ");
  const last = scores.length - 1;
  return svg(
    "svg",
    { class: "sparkline", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    svg("polyline", { points }),
    svg("circle", { cx: x(last), cy: y(scores[last]), r: 2 }),
  );
}

/** The lowest and highest score of some curves, with a margin. */
export function rangeOf(curves) {
  const values = curves.flat();
  if (!values.length) return [0, 100];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high - low < 1e-4 ? [low - 1, high + 1] : [low, high];
}

/** An interval on a scale from `low` to `high`, with the score in it. */
export function interval(bounds, value, [low, high]) {
  const width = 96;
  const x = (score) => Math.max(0, Math.min(width, ((score - low) / (high - low || 1)) * width));
  const parts = [svg("line", { class: "axis", x1: 0, x2: width, y1: 6, y2: 6 })];
  if (bounds) {
    const [from, to] = bounds.map(x);
    parts.push(svg("rect", { class: "range", x: from, y: 3, width: Math.max(1, to - from), height: 6, rx: 3 }));
  }
  if (value !== null) parts.push(svg("circle", { cx: x(value), cy: 6, r: 3 }));
  return svg("svg", { class: "interval", viewBox: `0 0 ${width} 12`, "aria-hidden": "true" }, parts);
}
