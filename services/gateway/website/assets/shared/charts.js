// Line charts, drawn by uPlot (assets/uplot, put there by `python -m deploy.website`). Each can be read by pointer and by
// keyboard, follows the theme and the width, and has a table of the same numbers behind it.

import { drawingOf } from "./drawing.js";
import { h } from "./dom.js";
import { nearestPoint, textOf } from "./points.js";
import { tableOf } from "./chart_table.js";

const COLOURED = 8;
const NOTHING = "Nothing to draw yet.";
const dark = matchMedia("(prefers-color-scheme: dark)");
let loaded = null;
let charts = 0;

function arrival(tag, attributes) {
  return new Promise((resolve, reject) => document.head.append(h(tag, { ...attributes, onload: resolve, onerror: reject })));
}

/** Load the library and the styles of charts, once for a page. */
function load() {
  const address = (name) => new URL(name, import.meta.url).href;
  loaded ??= Promise.all([
    arrival("link", { rel: "stylesheet", href: address("../uplot/uPlot.min.css") }),
    arrival("link", { rel: "stylesheet", href: address("charts.css") }),
    arrival("script", { src: address("../uplot/uPlot.iife.min.js") }),
  ]);
  return loaded;
}

/**
 * Draw lines into a figure, and return `update(series, {title, note, names})`, which draws others, and `destroy()`.
 *
 * `x` and `y` say of an axis: `label`, `log`, `whole` (numbers), `time` (seconds since 1970), `digits` in texts, `reverse`
 * (1 is above 2), `marks`, values that belong into the picture, and for x `names`, which 1, 2 and so on stand for. A series has a `name`, `x` (ascending) and `y` of equal length, where
 * null is a gap; `low` and `high` for a band; `step` for a value that holds until the next one; `points` for no line; `dash` for a reference.
 * The first eight have colours; all others are of one quiet colour, and stand out when they are pointed at.
 */
export function lineChart(figure, { title, note = "", x, y, series, waiting = NOTHING }) {
  charts += 1;
  const id = `chart-${charts}`;
  const axes = { x: { digits: 6, ...x }, y: { digits: 3, ...y } };
  const hint = h("div", { class: "hint", "aria-hidden": "true", hidden: true });
  const plot = h("div", { class: "plot", tabindex: "0", role: "group", "aria-describedby": `${id}-keys` }, hint);
  const readout = h("p", { class: "unseen", role: "status" });
  const keys = h("ul", { class: "keys" });
  const table = h("details", {}, h("summary", {}, "As a table"), h("div", { class: "scroll", tabindex: "0", role: "region" }));
  const caption = h("figcaption");
  const steering = h("p", { class: "unseen", id: `${id}-keys` }, "Arrow keys go from point to point, and up and down from line to line.");
  const empty = h("p", { class: "waiting" }, waiting);
  const hidden = new Set();
  let heading = { title, note };
  let lines = [];
  let drawing = null;
  let marked = null;
  let over = false;
  let failed = false;
  figure.classList.add("chart");
  figure.replaceChildren(caption, empty, plot, steering, readout, keys, table);

  function shown() {
    return lines.map((each, number) => ({ ...each, number, hidden: hidden.has(each.name) }));
  }

  function redraw() {
    const has = lines.some((each) => each.y.some((value) => value !== null));
    empty.hidden = has && !failed;
    for (const part of [plot, keys, table]) part.hidden = !has;
    table.lastChild.setAttribute("aria-label", `${heading.title}, as a table`);
    plot.setAttribute("aria-label", `${heading.title}: ${axes.y.label} by ${axes.x.label}, ${lines.length} ${lines.length === 1 ? "line" : "lines"}`);
    if (table.open) fillTable();
    if (globalThis.uPlot && has) {
      drawing ??= drawingOf(plot, axes);
      drawing.draw(shown());
    }
    if (marked) mark(marked.number < lines.length ? { ...marked, at: Math.min(marked.at, lines[marked.number].x.length - 1) } : null);
  }

  function fillTable() {
    table.lastChild.replaceChildren(tableOf(heading.title, axes, lines));
  }

  /** Show one point, or none: `number` of its line and `at` its place in it. */
  function mark(point, { aloud = false } = {}) {
    marked = point;
    hint.hidden = point === null;
    drawing?.mark(point);
    for (const key of keys.children) key.classList.toggle("marked", point !== null && Number(key.dataset.number) === point.number);
    if (point === null) return;
    hint.textContent = textOf(axes, lines[point.number], point.at);
    if (aloud) readout.textContent = hint.textContent;
    const place = drawing?.placeOf(point);
    if (!place) return;
    hint.style.left = `${Math.max(0, Math.min(place.left + 10, plot.clientWidth - hint.offsetWidth))}px`;
    hint.style.top = `${place.top > hint.offsetHeight + 12 ? place.top - hint.offsetHeight - 8 : place.top + 12}px`;
  }

  function drawKeys() {
    const quiet = lines.length - COLOURED;
    const buttons = lines.slice(0, COLOURED).map(({ name, dash }, number) =>
      h(
        "li",
        { "data-number": number },
        h("button", { class: "key", "aria-pressed": String(!hidden.has(name)), title: "Show or hide", onclick: () => toggle(name) }, h("i", { class: `swatch line-${number + 1}${dash ? " dashed" : ""}` }), name),
      ),
    );
    const focused = [...keys.querySelectorAll("button")].indexOf(document.activeElement);
    keys.replaceChildren(...buttons, ...(quiet > 0 ? [h("li", { class: "others" }, h("i", { class: "swatch line-0" }), `${quiet} more; point at one to see whose it is`)] : []));
    if (focused >= 0) keys.querySelectorAll("button")[focused]?.focus();
  }

  function toggle(name) {
    if (!hidden.delete(name)) hidden.add(name);
    drawKeys();
    redraw();
  }

  plot.addEventListener("pointermove", (event) => mark(drawing ? nearestPoint(shown(), drawing, event) : null));
  plot.addEventListener("pointerdown", (event) => mark(drawing ? nearestPoint(shown(), drawing, event) : null));
  plot.addEventListener("pointerleave", () => mark(null));
  plot.addEventListener("blur", () => mark(null));
  plot.addEventListener("keydown", (event) => {
    const next = steered(event.key, shown(), marked);
    if (next === undefined) return;
    event.preventDefault();
    mark(next, { aloud: true });
  });
  table.addEventListener("toggle", () => table.open && fillTable());
  const size = new ResizeObserver(() => drawing?.resize());
  size.observe(plot);
  const recolour = () => drawing?.recolour();
  dark.addEventListener("change", recolour);

  function update(found, { names, ...about } = {}) {
    heading = { ...heading, ...about };
    if (names) axes.x.names = names;
    caption.replaceChildren(h("b", {}, heading.title), h("small", {}, heading.note));
    lines = found.map((each) => drawable(each, axes));
    drawKeys();
    redraw();
  }

  update(series);
  load().then(
    () => over || redraw(),
    () => {
      failed = true;
      empty.textContent = "The chart could not be drawn; its numbers are below.";
      plot.remove();
      table.open = true;
      redraw();
    },
  );
  return {
    update,
    destroy() {
      over = true;
      size.disconnect();
      dark.removeEventListener("change", recolour);
      drawing?.destroy();
      figure.replaceChildren();
    },
  };
}

/** Return series in their order, but the one of this name among those that have a colour. */
export function withColourFor(own, series) {
  const order = [...series];
  const at = order.findIndex((each) => each.name === own);
  if (at >= COLOURED) order.splice(COLOURED - 1, 0, ...order.splice(at, 1));
  return order;
}

/** Leave out what a logarithmic axis has no place for. */
function drawable(line, { x, y }) {
  const kept = line.x.map((_, at) => at).filter((at) => !x.log || line.x[at] > 0);
  const values = (all) => all && kept.map((at) => (all[at] === undefined || all[at] === null || (y.log && all[at] <= 0) ? null : all[at]));
  return { ...line, x: kept.map((at) => line.x[at]), y: values(line.y), low: values(line.low), high: values(line.high) };
}

/** Return the point that a key leads to; undefined for a key that has no meaning here. */
function steered(key, lines, from) {
  const visible = lines.filter((each) => !each.hidden && each.y.some((value) => value !== null));
  if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "Escape"].includes(key) || !visible.length) return undefined;
  if (key === "Escape") return null;
  const place = Math.max(0, visible.findIndex((each) => each.number === from?.number));
  const line = visible[place];
  const points = (of) => of.x.map((_, at) => at).filter((at) => of.y[at] !== null);
  const own = points(line);
  if (!from) return { number: line.number, at: own[0] };
  const now = Math.max(0, own.indexOf(from.at));
  const step = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: own.length - 1 }[key];
  if (step !== undefined) return { number: line.number, at: own[Math.min(own.length - 1, Math.max(0, step))] };
  const other = visible[(place + (key === "ArrowDown" ? 1 : visible.length - 1)) % visible.length];
  const near = points(other).reduce((best, at) => (Math.abs(other.x[at] - line.x[from.at]) < Math.abs(other.x[best] - line.x[from.at]) ? at : best));
  return { number: other.number, at: near };
}
