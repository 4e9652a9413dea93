// A submission's executions, for the organizer: a table, the live log of each, and replays.

import { get, post } from "../shared/api.js";
import { byId, bytes, chip, duration, h, time } from "../shared/dom.js";
import { showState, watch } from "../shared/live.js";
import { atMostEvery } from "../shared/requests.js";

const GAP_MS = 5000;
const REPLAY_GAP_MS = 2000;
const PAGE = 100;
const SECOND = 1000;
const WITH_LOG = ["done", "fatal"];
const HEADS = [["Black box", ""], ["Studies", "number"], ["Attempt", "number"], ["Outcome", ""], ["Runner", ""], ["CPU", "number"], ["Memory", "number"], ["Time", "number"], ["Ended", ""], ["", ""]];

const path = (execution) => `/admin/executions/${encodeURIComponent(execution)}`;
const seconds = (row) => (row.taken_at && row.ended_at ? (new Date(row.ended_at) - new Date(row.taken_at)) / SECOND : null);

function studiesOf(row) {
  const last = row.first_study + row.n_studies - 1;
  return row.n_studies === 1 ? String(row.first_study) : `${row.first_study}–${last}`;
}

/** Return the result of a replay as text. */
function replayText(found) {
  if (found.identical) return `bit-identical: ${found.studies_compared} ${found.studies_compared === 1 ? "study" : "studies"}`;
  if (found.identical === null) return found.replay || found.state === "cancelled" ? `replay ${found.state}` : `replay ${found.state}…`;
  const where = found.differences.map(({ study, what, iteration }) => {
    const at = iteration === null ? "" : `, iteration ${iteration}`;
    return study === null ? `its ${what}` : `study ${study}${at}: ${what}`;
  });
  const other = found.provenance_differs.length ? `; not the same: ${found.provenance_differs.join(", ")}` : "";
  return `differs in ${where.join("; ")}${other}`;
}

/** Show the executions of a submission in the page; returns a function that updates them. */
export function showExecutions(submission, boxes, mayReplay) {
  const replays = new Map();
  const choice = h("select", { id: "of-box" }, h("option", { value: "" }, "all black boxes"), boxes.map((box) => h("option", { value: box }, box)));
  const body = h("tbody");
  const fault = h("p", { class: "fault", role: "alert", hidden: true });
  const more = h("button", { class: "quiet", hidden: true }, "Show older ones");
  const none = h("p", { class: "legend", hidden: true }, "None yet: the first begins as soon as a runner takes a shard of this submission.");
  let pages = 1;

  function say(problem) {
    fault.hidden = problem === null;
    fault.textContent = problem?.message ?? "";
  }

  async function load() {
    try {
      const rows = [];
      let next = null;
      const wanted = choice.value;
      for (let page = 0; page < pages && (page === 0 || next); page += 1) {
        const query = new URLSearchParams({ submission: submission.id, limit: PAGE, ...(wanted && { box: wanted }), ...(next && { cursor: next }) });
        const found = await get(`/admin/executions?${query}`);
        rows.push(...found.executions);
        next = found.next;
      }
      more.hidden = !next;
      none.hidden = rows.length > 0;
      say(null);
      fill(rows);
    } catch (problem) {
      say(problem);
    }
  }

  /** Draw the rows again; a focused button keeps the focus. */
  function fill(rows) {
    const at = body.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    body.replaceChildren(...rows.map(line));
    if (at !== null) [...body.querySelectorAll("button")].find((each) => each.getAttribute("aria-label") === at)?.focus({ preventScroll: true });
  }

  function line(row) {
    const canReplay = mayReplay && WITH_LOG.includes(row.outcome);
    const name = `${row.box}, ${row.n_studies === 1 ? "study" : "studies"} ${studiesOf(row)}, attempt ${row.attempt}`;
    const result = h("span", { class: "replay", "data-of": row.id, role: "status" }, replays.get(row.id) ?? "");
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, row.box),
      h("td", { class: "number" }, studiesOf(row)),
      h("td", { class: "number" }, String(row.attempt)),
      h("td", {}, chip(row.outcome), row.detail ? h("span", { class: "detail" }, row.detail) : null),
      h("td", {}, row.runner ?? "–"),
      h("td", { class: "number" }, duration(row.usage.cpu_s)),
      h("td", { class: "number" }, bytes(row.usage.memory_peak_bytes)),
      h("td", { class: "number" }, duration(seconds(row))),
      h("td", {}, time(row.ended_at)),
      h(
        "td",
        { class: "actions" },
        h("button", { class: "quiet", "aria-label": `Log of ${name}`, onclick: () => showLog(submission.id, row.id, name) }, "Log"),
        canReplay && h("button", { class: "quiet", "aria-label": `Replay ${name}`, onclick: () => replay(row.id) }, "Replay"),
        result,
      ),
    );
  }

  async function replay(execution) {
    const tell = (text) => {
      replays.set(execution, text);
      const result = [...body.querySelectorAll(".replay")].find((each) => each.dataset.of === execution);
      if (result) result.textContent = text;
    };
    try {
      tell("replay queued…");
      const { submission: run } = await post(`${path(execution)}/replay`);
      for (;;) {
        const found = await get(`/admin/replays/${run.id}`);
        tell(replayText(found));
        if (!["queued", "running"].includes(found.state)) return;
        await new Promise((resolve) => setTimeout(resolve, REPLAY_GAP_MS));
      }
    } catch (problem) {
      tell(problem.message);
    } finally {
      update();
    }
  }

  const update = atMostEvery(GAP_MS, load);
  choice.addEventListener("change", () => {
    pages = 1;
    load();
  });
  more.addEventListener("click", () => {
    pages += 1;
    load();
  });
  const heads = HEADS.map(([title, kind]) => h("th", { scope: "col", class: kind }, title || h("span", { class: "unseen" }, "Actions")));
  const table = h("table", {}, h("caption", { class: "unseen" }, "Executions, the newest first"), h("thead", {}, h("tr", {}, heads)), body);
  byId("executions").replaceChildren(
    h("p", { class: "filter" }, h("label", { for: "of-box" }, "Of"), choice),
    fault,
    none,
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-labelledby": "executions-title" }, table),
    more,
    logDialog(),
  );
  update();
  return update;
}

function logDialog() {
  return h(
    "dialog",
    { id: "log", class: "log", "aria-labelledby": "log-title" },
    h("div", { class: "heading" }, h("h2", { id: "log-title" }), h("span", { id: "log-live", class: "live", role: "status" })),
    h("pre", { id: "log-text", tabindex: "0", "aria-labelledby": "log-title" }),
    h("div", { class: "buttons" }, h("button", { class: "quiet", onclick: () => byId("log").close() }, "Close")),
  );
}

/** Show an execution's log in a dialog: what is stored, and what is written while the dialog is open. */
function showLog(submission, execution, name) {
  const [dialog, text] = [byId("log"), byId("log-text")];
  const state = showState(byId("log-live"));
  let last = null;
  let outcome = null;
  byId("log-title").textContent = `Log of ${name}`;
  text.textContent = "";
  const end = watch(`/api/v1/submissions/${submission}/logs/live?execution=${encodeURIComponent(execution)}`, {
    onState(now) {
      state(now);
      if (now === "live") {
        text.textContent = "";
        last = null;
      }
      if (now === "ended" && !text.textContent) text.textContent = WITH_LOG.includes(outcome) ? "The optimizer wrote nothing." : "There is no log: no study had ended when this execution did.";
    },
    onMessage(message) {
      if (message.type === "ended") outcome = message.outcome;
      if (message.type !== "log") return;
      const stays = text.scrollHeight - text.scrollTop - text.clientHeight < 8;
      if (message.study !== last) text.append(h("b", {}, `${last === null ? "" : "\n"}study ${message.study}\n`));
      last = message.study;
      text.append(message.text.endsWith("\n") ? message.text : `${message.text}\n`);
      if (stays) text.scrollTop = text.scrollHeight;
    },
  });
  dialog.addEventListener("close", end, { once: true });
  dialog.showModal();
}
