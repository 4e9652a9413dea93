// Small charts as SVG. Losses are rescaled: 1 is the median random evaluation, 0 the best known.

import { svg } from "./dom.js";

/** A curve of losses, drawn as a line that rises; `range` is the lowest and highest loss to draw. */
export function sparkline(losses, range, label) {
  const [width, height] = [96, 24];
  const [low, high] = range;
  const x = (index) => 2 + (index * (width - 4)) / Math.max(1, losses.length - 1);
  const y = (loss) => 2 + ((loss - low) / (high - low || 1)) * (height - 4);
  const points = losses.map((loss, index) => `${x(index).toFixed(1)},${y(loss).toFixed(1)}`).join(" ");
  const last = losses.length - 1;
  return svg(
    "svg",
    { class: "sparkline", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    svg("polyline", { points }),
    svg("circle", { cx: x(last), cy: y(losses[last]), r: 2 }),
  );
}

/** The lowest and highest loss of some curves, with a margin. */
export function rangeOf(curves) {
  const values = curves.flat();
  if (!values.length) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high - low < 1e-6 ? [low - 0.01, high + 0.01] : [low, high];
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
