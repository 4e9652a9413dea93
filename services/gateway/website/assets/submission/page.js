// One submission: its state, its grid of studies and its curves, kept up to date by one feed and few requests.

import { get, post } from "../shared/api.js";
import { lineChart } from "../shared/charts.js";
import { byId, chip, duration, h, pageData, progress, score, time } from "../shared/dom.js";
import { showExecutions } from "./executions.js";
import { makeGrid } from "./grid.js";
import { showState, watch } from "../shared/live.js";
import { showLogs } from "./logs.js";
import { atMostEvery } from "../shared/requests.js";
import { between, environmentName, isOver, mishaps } from "../submissions/row.js";

const DIGEST_SHOWN = "sha256:".length + 12;
const BOXES_GAP_MS = 2000;
const data = pageData();
const { id } = data.submission;
let submission = data.submission;
let reached = null;
let chosen = data.boxes[0];

function fact(name, ...value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, ...value));
}

function scoreFact() {
  const value = h("span", { class: submission.provisional ? "big number provisional" : "big number" }, score(submission.score));
  const { interval } = submission;
  const about = interval && h("small", {}, ` 95 % interval ${interval[0].toFixed(3)} to ${interval[1].toFixed(3)}`);
  return fact(submission.provisional && submission.score !== null ? "Score, provisional" : "Score", value, about);
}

function environmentFact() {
  const images = submission.optimizer_images.map((digest) => h("small", { title: digest }, ` ${digest.slice(0, DIGEST_SHOWN)}`));
  return fact("Environment", environmentName(submission), ...images);
}

function timeLeft() {
  const { queue_position: place, remaining_s: left } = submission;
  return [place && fact("In the queue", `place ${place}`), left && fact("Time left", between(left))];
}

function verdict() {
  const { verdict_sentence: sentence, verdict_fault: whose, verdict_stage: stage, verdict_iteration: iteration, verdict_detail: detail } = submission;
  if (!sentence) return null;
  const where = [stage && `in ${stage}`, iteration !== null && `iteration ${iteration}`].filter(Boolean).join(", ");
  return h(
    "div",
    { class: whose ? "verdict bad" : "verdict", role: "status" },
    h("b", {}, submission.verdict.replaceAll("_", " ")),
    where ? ` (${where})` : null,
    `: ${sentence}`,
    detail ? h("pre", { tabindex: "0", "aria-label": "What the optimizer said" }, detail) : null,
  );
}

function drawHead() {
  const focused = document.activeElement?.id;
  const stop = !isOver(submission) && data.may_act && h("button", { class: "danger", id: "stop-open", onclick: () => byId("stop").showModal() }, "Stop");
  byId("head").replaceChildren(
    h("div", { class: "state" }, chip(submission.state), progress(submission.studies_done, submission.studies_total), stop),
    h(
      "dl",
      { class: "facts" },
      scoreFact(),
      timeLeft(),
      environmentFact(),
      fact("Submitted", time(submission.created_at)),
      submission.started_at && fact("Started", time(submission.started_at)),
      submission.ended_at && fact("Ended", time(submission.ended_at)),
    ),
    ...[mishaps(submission), verdict()].filter(Boolean),
  );
  if (focused === "stop-open") byId("stop-open")?.focus();
}

function timeUsed({ time: used }) {
  if (!used) return h("span", {}, "–");
  const limit = reached.study_timeout_s;
  const share = (seconds) => `${Math.min(100, (100 * seconds) / limit)}%`;
  const bar = h("span", { class: "used", "aria-hidden": "true" }, h("i"), h("b"));
  bar.children[0].style.width = share(used.mean_s);
  bar.children[1].style.left = share(used.max_s);
  const text = `mean ${duration(used.mean_s)}, longest ${duration(used.max_s)}`;
  return h("span", { title: `${text} ${ofLimits()}` }, bar, h("small", {}, text));
}

function ofLimits() {
  return `of ${reached.study_timeout_s} s for a study and ${reached.iteration_timeout_s} s for an iteration`;
}

function meanOf(curves) {
  if (!curves.length) return null;
  return curves[0].map((_, index) => curves.reduce((sum, each) => sum + each[index], 0) / curves.length);
}

const charts = Object.fromEntries(
  ["overall", "one-box"].map((id) => [
    id,
    lineChart(byId(id), {
      title: "",
      x: { label: "iteration", whole: true },
      y: { label: "score", digits: 2, marks: [99.9, 100] },
      series: [],
      waiting: "Nothing to draw yet: the curves begin with the first finished study.",
    }),
  ]),
);

function drawCurves(id, { own, random, randomName = "random search", ...about }) {
  const found = [own && { name: "this submission", y: own }, random && { name: randomName, y: random }].filter(Boolean);
  const series = found.map((each) => ({ ...each, x: each.y.map((_, index) => index + 1) }));
  if (series.length) {
    const last = Math.max(...series.map((each) => each.y.length));
    series.push({ name: "best known (100)", dash: true, x: last > 1 ? [1, last] : [1], y: last > 1 ? [100, 100] : [100] });
  }
  charts[id].update(series, about);
}

function drawBoxes() {
  const drawn = reached ? reached.boxes : [];
  const known = drawn.some((each) => each.random);
  drawCurves("overall", {
    title: "All black boxes",
    note: `mean over ${drawn.filter((each) => each.curve).length} of ${data.boxes.length}`,
    own: meanOf(drawn.filter((each) => each.curve).map((each) => each.curve)),
    random: reached?.random ?? null,
    randomName: known ? "random search" : "random search, over the whole baseline set",
  });
  const one = drawn.find((each) => each.box === chosen);
  const about = one?.time ? `; optimizer’s time ${duration(one.time.mean_s)} on average, ${duration(one.time.max_s)} at most, ${ofLimits()}` : "";
  drawCurves("one-box", { title: chosen, note: `mean over ${one?.studies ?? 0} of ${data.studies_per_box} studies${about}`, own: one?.curve ?? null, random: one?.random ?? null });
}

const updateBoxes = atMostEvery(BOXES_GAP_MS, async () => {
  const note = byId("boxes-fault");
  try {
    reached = await get(`/submissions/${id}/boxes`);
    note.hidden = true;
  } catch (problem) {
    note.hidden = false;
    note.textContent = `The curves are not up to date: ${problem.message}`;
    return;
  }
  for (const each of reached.boxes) grid.setTime(each.box, timeUsed(each));
  drawBoxes();
});

const logs = data.has_logs ? showLogs(() => submission) : null;
const updateExecutions = data.is_organizer ? showExecutions(submission, data.boxes, data.may_act) : () => {};
const grid = makeGrid({ boxes: data.boxes, first: data.first_study, studies: data.studies_per_box, onSelect: choose });

function choose(box) {
  chosen = box;
  grid.select(box);
  drawBoxes();
  logs?.select(box);
}

function setUpStop() {
  const dialog = byId("stop");
  byId("stop-no").addEventListener("click", () => dialog.close());
  byId("stop-yes").addEventListener("click", async () => {
    try {
      submission = await post(`/submissions/${id}/cancel`);
      dialog.close();
      drawHead();
    } catch (problem) {
      byId("stop-fault").hidden = false;
      byId("stop-fault").textContent = problem.message;
    }
  });
}

setUpStop();
drawHead();
choose(chosen);
watch(`/api/v1/submissions/${id}/live`, {
  onState: showState(byId("live")),
  onMessage(message) {
    submission = message.submission;
    drawHead();
    grid.take(message.studies);
    updateBoxes();
    updateExecutions();
    logs?.update();
  },
});
