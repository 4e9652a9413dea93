// The points of a chart: which one is nearest to the pointer, and what is said of it.

import { moment } from "./dom.js";

const REACH_PX = 40;

/** Return a number without more digits than it needs. */
export function numberText(value, digits) {
  if (value === null || value === undefined) return "–";
  return String(Math.abs(value) >= 1e6 || (value && Math.abs(value) < 1e-4) ? value.toExponential(3) : Number(value.toFixed(digits)));
}

/** Return a value of the horizontal axis as text. */
export function xText({ x }, value) {
  if (x.names) return x.names[value - 1] ?? "–";
  return x.time ? moment(value * 1000) : numberText(value, x.digits);
}

/** Return a value of a line with its band as text. */
export function yText({ y }, line, at) {
  const value = numberText(line.y[at], y.digits);
  const [low, high] = [line.low?.[at] ?? null, line.high?.[at] ?? null];
  return low === null || high === null ? value : `${value} (${numberText(low, y.digits)} to ${numberText(high, y.digits)})`;
}

/** Return what is said of a point. */
export function textOf(axes, line, at) {
  return `${line.name}: ${axes.y.label} ${yText(axes, line, at)} at ${axes.x.label} ${xText(axes, line.x[at])}`;
}

/** Return the point nearest to the pointer, if one is near. */
export function nearestPoint(lines, drawing, event) {
  const [left, top] = drawing.pointer(event);
  let best = null;
  let least = REACH_PX ** 2;
  for (const line of lines) {
    if (line.hidden) continue;
    for (let at = 0; at < line.x.length; at += 1) {
      const place = line.y[at] === null ? null : drawing.placeIn(line.x[at], line.y[at]);
      const distance = place === null ? Infinity : (place[0] - left) ** 2 + (place[1] - top) ** 2;
      if (distance < least) [best, least] = [{ number: line.number, at }, distance];
    }
  }
  return best;
}
