// How good teams are at any budget. The leaderboard's feed says that something has changed; the answer is then asked for anew,
// and costs nothing if no other submission counts.

import { get } from "../shared/api.js";
import { lineChart, withColourFor } from "../shared/charts.js";
import { byId, pageData } from "../shared/dom.js";
import { showState, watch } from "../shared/live.js";
import { atMostEvery } from "../shared/requests.js";
import { fixedBudget, fixedTarget } from "./tables.js";

const GAP_MS = 3000;
const BANDS = 4;
const LINEAR_ITERATIONS = 32; // a logarithmic axis goes to the next power of ten, and is for studies of many
const data = pageData();
const here = `/competitions/${encodeURIComponent(data.slug)}`;
const phase = `phase=${encodeURIComponent(data.phase)}`;
let shown = "";
let charts = null;

function lines({ n_suggestions: suggestions, budgets, teams }, name) {
  const x = budgets.map((budget) => budget * suggestions);
  const found = teams.map((team) => {
    const of = (end) => team[name].map((each) => each[end]);
    const band = teams.length <= BANDS ? { low: of("low"), high: of("high") } : {};
    return { name: team.team, x, y: of("value"), step: true, ...band };
  });
  return withColourFor(data.team, found);
}

function makeCharts(found) {
  const x = { label: "evaluations in a study", log: found.budgets.at(-1) > LINEAR_ITERATIONS, whole: true };
  return [
    [
      "ecdf",
      lineChart(byId("ecdf"), {
        title: "Targets reached (ECDF)",
        note: `share of ${found.targets.length} targets in all studies that are reached within a budget`,
        x,
        y: { label: "share of targets" },
        series: lines(found, "ecdf"),
      }),
    ],
    [
      "scores",
      lineChart(byId("convergence"), {
        title: "Convergence",
        note: "the score within a budget, mean over all black boxes",
        x,
        y: { label: "score" },
        series: lines(found, "scores"),
      }),
    ],
  ];
}

function draw(found) {
  byId("empty").hidden = found.teams.length > 0;
  byId("figures").hidden = found.teams.length === 0;
  const cut = byId("cut");
  cut.hidden = found.ranked <= found.teams.length;
  cut.textContent = `The first ${found.teams.length} of ${found.ranked} teams.`;
  if (!found.teams.length) return;
  if (charts) for (const [name, chart] of charts) chart.update(lines(found, name));
  else charts = makeCharts(found);
  byId("fixed-budget").replaceChildren(fixedBudget(found, data.team));
  byId("fixed-target").replaceChildren(fixedTarget(found, data.team));
}

const load = atMostEvery(GAP_MS, async () => {
  let found;
  try {
    found = await get(`${here}/performance?${phase}`);
  } catch {
    return; // the feed says that the platform is away, and asks again when it is back
  }
  const now = JSON.stringify(found);
  if (now === shown) return;
  shown = now;
  draw(found);
});

load();
watch(`/api/v1${here}/live?${phase}`, { onState: showState(byId("live")), onMessage: load });
