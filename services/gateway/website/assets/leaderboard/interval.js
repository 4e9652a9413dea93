// The interval of a score as a small bar in its row.

import { svg } from "../shared/dom.js";

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
