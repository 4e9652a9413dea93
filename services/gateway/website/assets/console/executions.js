// Every execution on record, with its log and its replay.

import { get, post } from "../shared/api.js";
import { action, choice, detail, fault, field, form, part, table } from "./console.js";
import { byId, bytes, chip, duration, h, pageData, time } from "../shared/dom.js";
import { environmentName } from "../submissions/row.js";

const data = pageData();
const OUTCOMES = ["running", "done", "fatal", "infrastructure_failure", "lease_expired", "message_lost", "handed_back", "stopped"];
const POLL_MS = 1000;
const PAGE = 50;
let filters = { competition: data.slug };
let rows = [];

byId("section").append(
  form(
    [
      field("Team", "team"),
      choice("Phase", "phase", [["", "all"], ...data.phases.map((name) => [name, name])]),
      field("Box", "box"),
      field("Runner", "runner"),
      choice("Ended as", "outcome", [["", "all"], ...OUTCOMES.map((name) => [name, name.replaceAll("_", " ")])]),
      field("Submission", "submission"),
    ],
    "Show",
    async (fields) => {
      filters = { competition: data.slug, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim())) };
      await load(null);
    },
  ),
);

async function showLog(each) {
  const record = await get(`/admin/executions/${each.id}`);
  const wrote = record.studies.flatMap((study) => [
    h("h3", {}, `Study ${study.study}, seed ${study.seed}`),
    study.log ? h("pre", { tabindex: 0 }, study.log) : h("p", { class: "quiet-text" }, "The optimizer wrote nothing."),
  ]);
  detail(`${each.team}, ${each.box}, attempt ${each.attempt}`, each.detail ? h("p", {}, each.detail) : "", ...wrote);
}

async function replay(each, button) {
  const { submission } = await post(`/admin/executions/${each.id}/replay`);
  for (;;) {
    const compared = await get(`/admin/replays/${submission.id}`);
    if (compared.identical === true) {
      const part = compared.suggestions_dropped ? " (losses alone: suggestions were dropped)" : "";
      button.replaceWith(h("b", { class: "up", role: "status" }, `identical, bit for bit${part}`));
      return;
    }
    if (compared.identical === false) {
      const what = compared.differences.map((one) => `study ${one.study ?? "?"}: ${one.what}`).join("; ");
      button.replaceWith(h("b", { class: "down", role: "status" }, `different: ${what}`));
      return;
    }
    if (["failed", "cancelled"].includes(compared.state)) throw new Error(`The replay has no result to compare: it is ${compared.state}.`);
    button.textContent = `Replay ${compared.state}…`;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function ownTime({ usage }) {
  const parts = [usage.construct_time_s, usage.suggest_time_s, usage.observe_time_s];
  return parts.includes(null) ? null : parts.reduce((sum, one) => sum + one, 0);
}

const HEADS = ["Team", "Phase, box", "Released", "Environment", "Runner", "Ended as", ["CPU", "number"], ["Memory", "number"], ["Optimizer", "number"], ["Evaluation", "number"], ["Actions", "actions"]];

const list = part(null, ({ rows: shown, next }) => [
  table(
    "Executions",
    HEADS,
    shown.map((each) => [
      h("a", { href: `/submissions/${each.submission_id}` }, each.team),
      `${each.phase}, ${each.box}, study ${each.first_study}${each.n_studies > 1 ? ` and ${each.n_studies - 1} more` : ""}`,
      [time(each.released_at), each.attempt > 1 ? ` (attempt ${each.attempt})` : ""],
      environmentName(each),
      each.runner ?? "–",
      [chip(each.outcome), each.verdict ? ` ${each.verdict.replaceAll("_", " ")}` : ""],
      duration(each.usage.cpu_s),
      bytes(each.usage.memory_peak_bytes),
      duration(ownTime(each)),
      duration(each.usage.eval_time_s),
      [
        action("Log", () => showLog(each), { label: `Log of ${each.team}, ${each.box}` }),
        " ",
        each.outcome === "done" ? action("Replay", (button) => replay(each, button), { label: `Replay ${each.team}, ${each.box}` }) : "",
      ],
    ]),
    "No execution matches.",
  ),
  next ? h("p", {}, action("Show more", () => load(next))) : "",
]);

async function load(cursor) {
  const query = new URLSearchParams({ ...filters, limit: PAGE, ...(cursor ? { cursor } : {}) });
  const page = await get(`/admin/executions?${query}`);
  rows = cursor ? [...rows, ...page.executions] : page.executions;
  list({ rows, next: page.next });
}

load(null).catch(fault);
