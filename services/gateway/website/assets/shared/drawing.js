// One uPlot on the page: its options, its colours, and where its points are.

import { h } from "./dom.js";

const [LEAST_PX, MOST_PX] = [220, 380];
const COLOURED = 8;
const FONT = "12px system-ui, sans-serif";
const FAINT = 0.25;
const BAND = 0.18;
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];

/** Return the columns that uPlot wants: all x once, and for every line its values there, undefined where it has none. */
function aligned(lines) {
  const all = [...new Set(lines.flatMap((each) => each.x))].sort((a, b) => a - b);
  const places = new Map(all.map((value, at) => [value, at]));
  const column = (line, values) => {
    const found = new Array(all.length).fill(undefined);
    line.x.forEach((value, at) => {
      found[places.get(value)] = values[at];
    });
    return found;
  };
  return [all, ...lines.flatMap((line) => (line.low ? [column(line, line.y), column(line, line.low), column(line, line.high)] : [column(line, line.y)]))];
}

/** Whether a line has one value only, which no line shows. */
const isSingle = ({ y }) => y.reduce((count, value) => count + (value !== null), 0) === 1;

const DAY_S = 86_400;
const DAY = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** Return times for the axis: days, or clock times where marks are closer. */
const times = (_, all, __, ___, step) => all.map((each) => (step < DAY_S ? CLOCK : DAY).format(new Date(1000 * each)));

/** Return a function that draws lines into `plot`, and what else a chart asks of its drawing. */
export function drawingOf(plot, axes) {
  const marker = h("div", { class: "marker", "aria-hidden": "true", hidden: true });
  const probe = h("span", { "aria-hidden": "true" });
  plot.append(probe);
  let made = null;
  let chart = null;
  let columns = [];

  /** Return a colour of the styles as a canvas understands it: the browser resolves it for an element. */
  function colour(name) {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  }
  const lineColour = (number) => colour(number < COLOURED ? `--series-${number + 1}` : "--series-0");
  const faint = (of) => of.replace("rgb(", "rgba(").replace(")", `, ${BAND})`);
  const width = () => Math.max(200, plot.clientWidth);
  const height = () => Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, width() * 0.5)));

  /** Return what an axis of this kind says at its marks; with `names`, 1, 2 and so on stand for them. */
  function marks({ time, log, whole, names }) {
    if (names) return { space: 70, incrs: WHOLE, values: (_, all) => all.map((each) => axes.x.names[each - 1] ?? "") };
    if (time) return { values: times };
    if (log) return {};
    return { values: (_, all) => all.map((each) => String(Number(each.toPrecision(10)))), ...(whole ? { incrs: WHOLE } : {}) };
  }

  function axis(of, size) {
    const rule = { stroke: () => colour("--line"), width: 1 };
    return { label: of.label, labelFont: FONT, font: FONT, labelSize: 20, size, stroke: () => colour("--quiet"), grid: rule, ticks: rule, ...marks(of) };
  }

  function range({ marks = [] }) {
    return (_, low, high) => {
      if (low === null) return [0, 1];
      const [least, most] = [Math.min(low, ...marks), Math.max(high, ...marks)];
      const room = (most - least || Math.abs(most) || 1) * 0.05;
      return [least - room, most + room];
    };
  }

  function options(lines) {
    const series = lines.flatMap((line) => {
      const stroke = () => lineColour(line.number);
      const wide = line.number < COLOURED ? 2 : 1.2;
      const paths = line.points ? () => null : line.step ? uPlot.paths.stepped({ align: 1 }) : undefined;
      const dots = line.points ? { show: true, size: line.number < COLOURED ? 7 : 5, fill: stroke, stroke, width: 0 } : { show: isSingle(line) };
      const own = { label: line.name, stroke, width: wide, dash: line.dash ? [7, 4] : undefined, paths, spanGaps: false, points: dots };
      const edge = { stroke: null, width: 0, paths, points: { show: false } };
      return line.low ? [own, edge, edge] : [own];
    });
    const bands = columns.filter((each) => each.band).map((each) => ({ series: [each.first + 2, each.first + 1], fill: () => faint(lineColour(each.number)) }));
    return {
      width: width(),
      height: height(),
      series: [{}, ...series],
      bands,
      axes: [axis(axes.x, 36), axis(axes.y, 52)],
      scales: {
        x: { time: Boolean(axes.x.time), distr: axes.x.log ? 3 : 1, ...(axes.x.names ? { range: () => [0.5, axes.x.names.length + 0.5] } : {}) },
        y: axes.y.log ? { distr: 3 } : { dir: axes.y.reverse ? -1 : 1, range: range(axes.y) },
      },
      legend: { show: false },
      focus: { alpha: FAINT },
      cursor: { show: true, x: false, y: false, drag: { x: false, y: false }, points: { show: false } },
    };
  }

  function arrange(lines) {
    let first = 1;
    columns = lines.map((line) => {
      const found = { number: line.number, first, band: Boolean(line.low), line };
      first += line.low ? 3 : 1;
      return found;
    });
  }

  function draw(lines) {
    arrange(lines);
    const shape = JSON.stringify(lines.map(({ name, step, dash, points, low, y }) => [name, step, dash, points, Boolean(low), isSingle({ y })]));
    const data = aligned(lines);
    if (shape === made) chart.setData(data);
    else {
      chart?.destroy();
      chart = new uPlot(options(lines), data, plot);
      chart.over.append(marker);
      made = shape;
    }
    for (const { first, band, line } of columns) {
      for (let at = first; at < first + (band ? 3 : 1); at += 1) {
        if (chart.series[at].show === line.hidden) chart.setSeries(at, { show: !line.hidden });
      }
    }
  }

  /** Return where a point is on the drawing. */
  const placeIn = (x, y) => [chart.valToPos(x, "x"), chart.valToPos(y, "y")];

  return {
    draw,
    placeIn,
    pointer(event) {
      const box = chart.over.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    },
    placeOf({ number, at }) {
      const { line } = columns[number];
      const [left, top] = placeIn(line.x[at], line.y[at]);
      return { left: left + chart.over.offsetLeft, top: top + chart.over.offsetTop };
    },
    mark(point) {
      if (!chart) return;
      marker.hidden = point === null;
      chart.setSeries(point === null ? null : columns[point.number].first, { focus: true });
      if (point === null) return;
      const { line } = columns[point.number];
      const [left, top] = placeIn(line.x[point.at], line.y[point.at]);
      [marker.style.left, marker.style.top] = [`${left}px`, `${top}px`];
    },
    resize() {
      if (chart && chart.width !== width()) chart.setSize({ width: width(), height: height() });
    },
    recolour: () => chart?.redraw(false, true),
    destroy: () => chart?.destroy(),
  };
}
