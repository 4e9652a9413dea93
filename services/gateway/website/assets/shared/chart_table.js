// The table behind a chart.

import { h } from "./dom.js";
import { xText, yText } from "./points.js";

const MOST_VALUES = 120;

/** Return the values of the horizontal axis that the table has, evenly thinned out where there are many. */
function valuesOf(lines) {
  const all = [...new Set(lines.flatMap((each) => each.x))].sort((a, b) => a - b);
  const every = Math.ceil(all.length / MOST_VALUES);
  return { all, kept: all.filter((_, at) => at % every === 0 || at === all.length - 1), every };
}

/** Return the place of the point that tells a line's value there: of a step the last one before, too. */
function placeAt(line, value) {
  if (!line.step) return line.x.indexOf(value);
  let found = -1;
  for (let at = 0; at < line.x.length && line.x[at] <= value; at += 1) found = at;
  return found;
}

/** Return a table of all lines: the longer side goes down. */
export function tableOf(title, axes, lines) {
  const { kept, every } = valuesOf(lines);
  const caption = h("caption", { class: every > 1 ? "" : "unseen" }, every > 1 ? `Every ${every}th value; the chart has them all.` : title);
  const cell = (line, value) => {
    const at = placeAt(line, value);
    return h("td", { class: "number" }, at < 0 ? "–" : yText(axes, line, at));
  };
  const column = (text) => h("th", { scope: "col", class: "number" }, text);
  const row = (text, cells) => h("tr", {}, h("th", { scope: "row" }, text), cells);
  const names = lines.length > kept.length;
  const heads = names ? kept.map((value) => xText(axes, value)) : lines.map((each) => each.name);
  const rows = names
    ? lines.map((line) => row(line.name, kept.map((value) => cell(line, value))))
    : kept.map((value) => row(xText(axes, value), lines.map((line) => cell(line, value))));
  const corner = h("th", { scope: "col" }, names ? `by ${axes.x.label}` : axes.x.label);
  return h("table", {}, caption, h("thead", {}, h("tr", {}, corner, heads.map(column))), h("tbody", {}, rows));
}
