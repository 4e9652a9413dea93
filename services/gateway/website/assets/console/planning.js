// What a competition takes: the graph of the baseline build, what each candidate black box costs, and what was spent so far.

import { get } from "../shared/api.js";
import { keep, part, table } from "./console.js";
import { duration, h, pageData, svg } from "../shared/dom.js";

const path = `/admin/competitions/${encodeURIComponent(pageData().slug)}`;
const [ROW, WIDTH, HEIGHT] = [22, 130, 14];
const EVALUATIONS = 16 * 8;

function node(each, x, y) {
  const share = each.studies_total ? each.studies_done / each.studies_total : 0;
  const what = `${each.kind} ${each.box ?? each.baseline ?? ""}: ${each.state}, ${each.studies_done} of ${each.studies_total}`;
  return svg(
    "g",
    {},
    svg("title", {}, what),
    svg("rect", { x, y, width: WIDTH, height: HEIGHT, rx: 3 }),
    svg("rect", { class: each.state, x, y, width: WIDTH * (each.state === "scored" ? 1 : share), height: HEIGHT, rx: 3 }),
  );
}

const graph = part("Baselines", ({ nodes }) => {
  if (!nodes.length) return h("p", { class: "quiet-text" }, "No baselines yet. To compute them: arena baseline build.");
  const boxes = [...new Set(nodes.filter((each) => each.box !== null).map((each) => each.box))];
  const combine = nodes.find((each) => each.kind === "combine");
  const height = Math.max(boxes.length, 1) * ROW + 24;
  const columns = { random: 130, strong: 290 };
  const middle = 24 + (boxes.length * ROW) / 2 - HEIGHT / 2;
  const drawn = nodes.filter((each) => each.box !== null).map((each) => node(each, columns[each.kind], 24 + boxes.indexOf(each.box) * ROW));
  const lines = boxes.map((_, index) => svg("line", { x1: 290 + WIDTH, y1: 24 + index * ROW + HEIGHT / 2, x2: 500, y2: middle + HEIGHT / 2 }));
  const scored = nodes.filter((each) => each.state === "scored").length;
  return [
    h("p", {}, `${scored} of ${nodes.length} nodes done${combine?.baseline ? `; the set is ${combine.baseline}` : ""}.`),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Graph of the baselines" },
      svg(
        "svg",
        { class: "graph", width: 640, height, viewBox: `0 0 640 ${height}`, role: "img", "aria-label": `${scored} of ${nodes.length} nodes done` },
        lines,
        svg("text", { x: 130, y: 14 }, "random search"),
        svg("text", { x: 290, y: 14 }, "strong optimizer"),
        svg("text", { x: 500, y: middle - 6 }, combine?.baseline ?? "combined"),
        boxes.map((box, index) => svg("text", { x: 0, y: 24 + index * ROW + 11 }, box.length > 18 ? `${box.slice(0, 17)}…` : box)),
        drawn,
        combine ? node(combine, 500, middle) : "",
      ),
    ),
  ];
});

const costs = part("What a study costs", (list) => {
  if (!list.length) return h("p", { class: "quiet-text" }, "Nothing measured yet. To measure: arena estimate.");
  const models = [...new Set(list.map((each) => each.model))].sort();
  const datasets = [...new Set(list.map((each) => each.dataset))].sort();
  const seconds = (model, dataset) => {
    const found = list.filter((each) => each.model === model && each.dataset === dataset);
    return found.length ? (found.reduce((sum, each) => sum + (each.evaluation_cpu_s ?? each.evaluation_s), 0) / found.length) * EVALUATIONS : null;
  };
  const isCpuTime = list.every((each) => each.evaluation_cpu_s !== null);
  const unit = isCpuTime ? "CPU-seconds" : "Seconds";
  const note = isCpuTime ? "" : " They are CPU time where it was kept, else wall time, which other work on the machine lengthens.";
  const all = models.flatMap((model) => datasets.map((dataset) => seconds(model, dataset))).filter((value) => value !== null);
  const [most, total] = [Math.max(...all), all.reduce((sum, one) => sum + one, 0)];
  const cell = (value) => {
    if (value === null) return h("td", { class: "number quiet-text" }, "–");
    const element = h("td", { class: "cell" }, duration(value), h("small", {}, ` ${((100 * value) / total).toFixed(1)} %`));
    element.style.setProperty("--heat", Math.sqrt(value / most));
    return element;
  };
  return [
    h("p", { class: "quiet-text" }, `${unit} that the evaluations of one study of 16 × 8 take, and their share of the total, measured in the estimate's probes and the baselines' studies.${note}`),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Costs by model and data set" },
      h(
        "table",
        { class: "heat" },
        h("caption", { class: "unseen" }, "Costs by model and data set"),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Model"), datasets.map((name) => h("th", { scope: "col", class: "number" }, name)))),
        h("tbody", {}, models.map((model) => h("tr", {}, h("th", { scope: "row" }, model), datasets.map((name) => cell(seconds(model, name)))))),
      ),
    ),
  ];
});

const amount = (value, digits) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

function spentTable(caption, title, list, phases = []) {
  const heads = ["Executions", "Machine-hours", "Cost", ...phases.map((phase) => `${phase}, hours`)];
  return table(
    caption,
    [title, ...heads.map((head) => [head, "number"])],
    list.map((each) => [each.name, amount(each.executions, 0), amount(each.machine_hours, 1), amount(each.cost, 2), ...phases.map((phase) => amount(each.phases[phase] ?? 0, 1))]),
    "Nothing has run yet.",
  );
}

const spending = part("Spent so far", ({ total, slots, price, phases, teams }) => [
  h(
    "p",
    { class: "quiet-text" },
    `${amount(total.machine_hours, 1)} hours of machines with ${slots} slots, in ${amount(total.executions, 0)} executions, and ${amount(total.cost, 2)} at ${price} a machine-hour. Every attempt counts, also one that failed or was handed back, and what runs now.`,
  ),
  spentTable("Spent by phase", "Phase", phases),
  spentTable(
    "Spent by team",
    "Team",
    teams,
    phases.map((each) => each.name),
  ),
]);

const SPENDING_EVERY_MS = 60000;
let spentAt = Number.NEGATIVE_INFINITY;

/** The sum over all executions changes slowly and costs the database more than the rest. */
async function loadSpending() {
  if (performance.now() - spentAt < SPENDING_EVERY_MS) return;
  spending(await get(`${path}/spending`));
  spentAt = performance.now();
}

keep(async () => {
  const [drawn, found] = await Promise.all([get(`${path}/baseline-graph`), get(`${path}/costs`), loadSpending()]);
  graph(drawn);
  costs(found.costs);
});
