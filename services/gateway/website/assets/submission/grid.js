// The studies of a submission, a row of cells for each black box: drawn from arrays, a few rows a frame, so that ten
// thousand cells cost no more elements than a hundred rows.

import { byId, h } from "../shared/dom.js";

const ROW_PX = 18;
const WIDEST_CELL_PX = 26;
const FRAME_MS = 8;
const NONE = 0, DONE = 1;
const CUT_OFF = { iteration: 2, study: 3 };
const LIMITS = { 2: "an iteration", 3: "a study" };
// ColorBrewer's YlGnBu, which colour-blind readers can tell apart; the better a study, the more it stands out.
const LIGHT = ["#eef4c8", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#0c2c84"];
const DARK = ["#24437e", "#225ea8", "#1d91c0", "#41b6c4", "#7fcdbb", "#c7e9b4", "#ffffd0"];
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Return a score's place on the scale, 1 for the best; by a square root, because most scores are near 100. */
const goodness = (score) => 1 - Math.sqrt(Math.min(1, Math.max(0, 1 - score / 100)));

function palette() {
  const stops = dark.matches ? DARK : LIGHT;
  const parts = stops.map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16)));
  return Array.from({ length: 65 }, (_, index) => {
    const at = (index / 64) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    const mixed = parts[low].map((from, channel) => Math.round(from + (at - low) * (parts[low + 1][channel] - from)));
    return `rgb(${mixed.join(" ")})`;
  });
}

/** The cells as numbers: row by row the state and score of every study, and the sums of each row. */
class Cells {
  constructor(boxes, first, studies) {
    Object.assign(this, { boxes, first, studies });
    this.rowOf = new Map(boxes.map((box, row) => [box, row]));
    this.states = new Uint8Array(boxes.length * studies);
    this.scores = new Float64Array(boxes.length * studies).fill(NaN);
    this.done = new Uint32Array(boxes.length);
    this.timedOut = new Uint32Array(boxes.length);
    this.sums = new Float64Array(boxes.length);
  }

  /** Take a finished study; returns its row if something has changed. */
  take({ box, study, score, cut_off_by: limit }) {
    const row = this.rowOf.get(box);
    const column = study - this.first;
    if (row === undefined || column < 0 || column >= this.studies) return null;
    const at = row * this.studies + column;
    if (this.states[at] !== NONE) return null;
    this.states[at] = CUT_OFF[limit] ?? DONE;
    this.scores[at] = score ?? NaN;
    this.done[row] += 1;
    this.timedOut[row] += limit ? 1 : 0;
    this.sums[row] += score ?? NaN;
    return row;
  }

  score(row) {
    return this.done[row] && !Number.isNaN(this.sums[row]) ? this.sums[row] / this.done[row] : null;
  }

  /** Return a cell's content as text. */
  text(row, column) {
    const at = row * this.studies + column;
    const where = `${this.boxes[row]}, study ${this.first + column}`;
    if (this.states[at] === NONE) return `${where}: not done`;
    const score = this.scores[at];
    const reached = Number.isNaN(score) ? "done" : `score ${score.toFixed(3)}`;
    if (this.states[at] === DONE) return `${where}: ${reached}`;
    const worth = score <= 0 ? "nothing found before scores more" : "the best found before counts";
    return `${where}: ${reached}; cut off by the limit of ${LIMITS[this.states[at]]}, ${worth}`;
  }
}

function legend() {
  const canvas = h("canvas", { class: "scale", "aria-hidden": "true" });
  const paint = () => {
    const colours = palette();
    [canvas.width, canvas.height] = [colours.length, 1];
    const context = canvas.getContext("2d");
    colours.forEach((colour, index) => {
      context.fillStyle = colour;
      context.fillRect(index, 0, 1, 1);
    });
  };
  paint();
  dark.addEventListener("change", paint);
  return h(
    "p",
    { class: "legend keys" },
    h("span", { class: "key" }, "score of a study: 0", h("span", { class: "scale-box" }, canvas, h("small", {}, "44"), h("small", {}, "75"), h("small", {}, "94")), "100"),
    h("span", { class: "key" }, h("i", { class: "cell none" }), "not done"),
    h("span", { class: "key" }, h("i", { class: "cell done" }), "done"),
    h("span", { class: "key" }, h("i", { class: "cell timed-out" }), "timed out"),
  );
}

/** Draws cells on the rows' canvases: only rows that changed, and only as many as a frame has time for. */
class Painter {
  constructor(cells, canvases, onRow) {
    Object.assign(this, { cells, canvases, onRow });
    this.dirty = new Set();
    this.frame = null;
    this.width = 0;
    this.marked = null;
    this.recolour();
  }

  recolour() {
    const style = getComputedStyle(document.documentElement);
    this.colours = palette();
    this.strip = dark.matches ? "#ff9464" : "#a63c00";
    this.ground = dark.matches ? "#12161c" : "#ffffff";
    this.empty = dark.matches ? "#333c47" : "#d9dfe5";
    this.ink = style.color || "#888";
    this.all();
  }

  all() {
    for (let row = 0; row < this.canvases.length; row += 1) this.mark(row);
  }

  mark(row) {
    this.dirty.add(row);
    this.frame ??= requestAnimationFrame(() => this.run());
  }

  run() {
    const end = performance.now() + FRAME_MS;
    this.frame = null;
    for (const row of this.dirty) {
      this.dirty.delete(row);
      this.paint(row);
      this.onRow(row);
      if (performance.now() > end) break;
    }
    if (this.dirty.size) this.frame = requestAnimationFrame(() => this.run());
  }

  /** The width of a cell in CSS pixels. */
  cell() {
    return Math.min(WIDEST_CELL_PX, this.width / this.cells.studies);
  }

  paint(row) {
    const { studies, states, scores } = this.cells;
    const ratio = devicePixelRatio || 1;
    const canvas = this.canvases[row];
    const [width, height] = [Math.round(this.width * ratio), Math.round(ROW_PX * ratio)];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    const step = this.cell() * ratio;
    const gap = step > 4 * ratio ? Math.max(1, Math.round(ratio)) : 0;
    for (let column = 0; column < studies; column += 1) {
      const at = row * studies + column;
      const left = Math.round(column * step);
      const wide = Math.max(1, Math.round((column + 1) * step) - left - gap);
      if (states[at] === NONE) {
        context.fillStyle = this.empty;
        context.fillRect(left, Math.round(height * 0.44), wide, Math.max(1, Math.round(height * 0.12)));
        continue;
      }
      const known = !Number.isNaN(scores[at]);
      context.fillStyle = known ? this.colours[Math.round(64 * goodness(scores[at]))] : this.colours[40];
      context.fillRect(left, 0, wide, height);
      if (states[at] !== DONE) {
        context.fillStyle = this.ground;
        context.fillRect(left, Math.round(height * 0.55), wide, height);
        context.fillStyle = this.strip;
        context.fillRect(left, Math.round(height * 0.67), wide, height);
      }
    }
    if (this.marked?.row === row) {
      context.strokeStyle = this.strip;
      context.lineWidth = 2 * ratio;
      context.strokeRect(this.marked.column * step + ratio / 2, ratio, Math.max(4, step - gap) - ratio, height - 2 * ratio);
    }
  }
}

const HEADS = [["Black box", ""], ["Studies", "cells"], ["Done", "number"], ["Timed out", "number wide"], ["Score", "number"], ["Optimizer’s time", "wide"]];

/** Put the grid into the page. Returns functions that take studies and times; `onSelect` gets the selected box. */
export function makeGrid({ boxes, first, studies, onSelect }) {
  const cells = new Cells(boxes, first, studies);
  const rows = boxes.map((box, row) => {
    const button = h("button", { class: "plain box", "aria-pressed": "false", tabindex: row ? "-1" : "0", "data-row": row }, box);
    const canvas = h("canvas", { "aria-hidden": "true", "data-row": row });
    const [done, late, score, time] = ["number", "number wide", "number score", "wide time"].map((kind) => h("td", { class: kind }, "–"));
    return { button, canvas, done, late, score, time, line: h("tr", {}, h("th", { scope: "row" }, button), h("td", { class: "cells" }, canvas), done, late, score, time) };
  });
  const body = h("tbody", {}, rows.map((row) => row.line));
  const head = h("tr", {}, HEADS.map(([title, kind]) => h("th", { scope: "col", class: kind }, title)));
  const hint = h("div", { class: "hint", "aria-hidden": "true", hidden: true });
  byId("grid-legend").replaceChildren(legend());
  byId("grid").replaceChildren(h("table", { class: "grid" }, h("caption", { class: "unseen" }, "Studies by black box. Arrow keys go from study to study, Enter shows a black box's convergence."), h("thead", {}, head), body), hint);

  const painter = new Painter(cells, rows.map((row) => row.canvas), (row) => {
    const { done, late, score } = rows[row];
    const value = cells.score(row);
    done.textContent = `${cells.done[row]}/${studies}`;
    done.setAttribute("aria-label", `${cells.done[row]} of ${studies} done`);
    late.textContent = cells.timedOut[row] || "–";
    score.textContent = value === null ? "–" : value.toFixed(3);
    score.classList.toggle("provisional", cells.done[row] < studies);
  });
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width !== painter.width) {
      painter.width = width;
      painter.all();
    }
  }).observe(head.children[1]);
  dark.addEventListener("change", () => painter.recolour());
  const mark = pointing(cells, painter, rows, hint);
  body.addEventListener("click", (event) => {
    const at = event.target.dataset.row;
    if (at !== undefined) onSelect(boxes[at]);
  });
  body.addEventListener("keydown", (event) => steer(event, cells, painter, rows, mark));
  return {
    take(found) {
      for (const study of found) {
        const row = cells.take(study);
        if (row !== null) painter.mark(row);
      }
    },
    select(box) {
      const chosen = cells.rowOf.get(box);
      rows.forEach(({ button, line }, row) => {
        button.setAttribute("aria-pressed", String(row === chosen));
        button.tabIndex = row === chosen ? 0 : -1;
        line.classList.toggle("chosen", row === chosen);
      });
    },
    setTime(box, element) {
      rows[cells.rowOf.get(box)]?.time.replaceChildren(element);
    },
  };
}

/** Describe the cell under the pointer or the keyboard's cursor. */
function pointing(cells, painter, rows, hint) {
  const mark = (row, column, { aloud = false } = {}) => {
    const old = painter.marked;
    painter.marked = row === null ? null : { row, column };
    if (old) painter.mark(old.row);
    hint.hidden = row === null;
    if (row === null) return;
    painter.mark(row);
    hint.textContent = cells.text(row, column);
    const box = rows[row].canvas.getBoundingClientRect();
    const left = Math.min(box.left + column * painter.cell(), document.documentElement.clientWidth - hint.offsetWidth - 8);
    hint.style.left = `${Math.max(8, left)}px`;
    hint.style.top = `${box.bottom + 6}px`;
    if (aloud) byId("readout").textContent = hint.textContent;
  };
  const body = rows[0]?.line.parentElement;
  const follow = (event) => {
    const row = event.target instanceof HTMLCanvasElement ? Number(event.target.dataset.row) : null;
    const column = row === null ? -1 : Math.floor(event.offsetX / painter.cell());
    const inside = row !== null && column >= 0 && column < cells.studies;
    if (inside && (painter.marked?.row !== row || painter.marked.column !== column)) mark(row, column);
    else if (!inside && painter.marked) mark(null);
  };
  body?.addEventListener("pointermove", follow);
  body?.addEventListener("pointerdown", follow);
  body?.addEventListener("pointerleave", () => mark(null));
  body?.addEventListener("focusout", () => mark(null));
  addEventListener("scroll", () => (hint.hidden = true), { passive: true });
  return mark;
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function steer(event, cells, painter, rows, mark) {
  const step = STEPS[event.key];
  if (!step || event.target.dataset.row === undefined) return;
  event.preventDefault();
  const from = Number(event.target.dataset.row);
  const row = Math.min(rows.length - 1, Math.max(0, from + step[0]));
  const at = painter.marked?.row === from ? painter.marked.column : step[1] > 0 ? -1 : 0;
  const column = Math.min(cells.studies - 1, Math.max(0, at + step[1]));
  rows[from].button.tabIndex = -1;
  rows[row].button.tabIndex = 0;
  rows[row].button.focus();
  mark(row, column, { aloud: true });
}
