// The page of submissions: the form for a team's zip, and a live list.

import { post } from "../shared/api.js";
import { byId, h, pageData } from "../shared/dom.js";
import { showQuota, startEntry } from "./entry.js";
import { showState, watch } from "../shared/live.js";
import { Row } from "./row.js";

const SHOWN_LIMIT = 500;
const data = pageData();
const list = byId("submissions");
const submissions = new Map();
const rows = new Map();
list.classList.toggle("of-all", data.role === "organizer");
const teams = new Set();
let counting = new Set();
let isRationed = false;

const options = { ...data, onStop: askToStop, onChoose: choose };
const isOrganizer = data.role === "organizer";

function take(message) {
  const touched = new Set();
  if (message.type === "snapshot") {
    const there = new Set(message.submissions.map((each) => each.id));
    for (const id of submissions.keys()) if (!there.has(id)) drop(id);
  }
  for (const submission of message.submissions) {
    // The answer to a request may arrive after the feed has sent a later change.
    if (submissions.get(submission.id)?.change > submission.change) continue;
    submissions.set(submission.id, submission);
    touched.add(submission.id);
  }
  for (const estimate of message.queue_estimates) {
    const submission = submissions.get(estimate.id);
    if (submission === undefined) continue;
    submissions.set(estimate.id, { ...submission, ...estimate });
    touched.add(estimate.id);
  }
  if (message.counting) {
    const now = new Set(message.counting);
    for (const id of [...counting, ...now]) if (counting.has(id) !== now.has(id)) touched.add(id);
    counting = now;
  }
  if (message.quota) {
    isRationed = "attempts_per_day" in message.quota || "scored_per_day" in message.quota;
    showQuota(message.quota);
  }
  for (const id of touched) if (submissions.has(id)) draw(submissions.get(id));
  showWhole();
}

function drop(id) {
  submissions.delete(id);
  rows.get(id)?.element.remove();
  rows.delete(id);
}

function draw(submission) {
  const counts = counting.has(submission.id);
  const mayCount = data.counting === "chosen" && data.is_open && data.may_submit && submission.state === "scored" && !submission.chosen;
  let row = rows.get(submission.id);
  if (row === undefined) {
    row = new Row(submission, options);
    rows.set(submission.id, row);
    insert(row);
    noteTeam(submission.team);
  }
  row.draw(submission, counts, mayCount);
  row.element.hidden = !isWanted(submission);
}

/** Insert a row, newest first: at the end while the page loads, later nearly always at the top. */
function insert({ element, submission }) {
  const at = Date.parse(submission.created_at);
  element.dataset.at = at;
  const isOlder = (other) => Number(other.dataset.at) <= at;
  if (list.lastElementChild && !isOlder(list.lastElementChild)) list.append(element);
  else list.insertBefore(element, [...list.children].find(isOlder) ?? null);
}

function showWhole() {
  const isEmpty = ![...rows.values()].some((row) => !row.element.hidden);
  const none = byId("none");
  none.hidden = !isEmpty;
  if (isEmpty) none.replaceChildren(...nothing());
  byId("more").hidden = rows.size < SHOWN_LIMIT;
}

function nothing() {
  if (rows.size) return [h("h3", {}, "No submission matches"), h("p", {}, "Choose another team or state.")];
  if (isOrganizer) return [h("h3", {}, "No team has submitted yet"), h("p", {}, "The first submission shows here as soon as it is accepted.")];
  const next = data.is_open ? "Your first one shows here as soon as it is accepted, and moves while it is run." : "Your team has not submitted to this phase.";
  return [h("h3", {}, "Nothing submitted yet"), h("p", {}, next)];
}

// The organizer's filters

function isWanted(submission) {
  if (!isOrganizer) return true;
  const [team, state] = [byId("team").value, byId("state").value];
  return (!team || submission.team === team) && (!state || submission.state === state);
}

function noteTeam(team) {
  if (!isOrganizer || teams.has(team)) return;
  teams.add(team);
  const after = [...byId("team").options].slice(1).find((option) => option.value.localeCompare(team) > 0);
  byId("team").insertBefore(h("option", { value: team }, team), after ?? null);
}

byId("filters")?.addEventListener("change", () => {
  for (const row of rows.values()) row.element.hidden = !isWanted(row.submission);
  showWhole();
});

// Actions on a submission

let asked = null;

function askToStop(row) {
  asked = row;
  const { filename, team, studies_done: done, studies_total: total } = row.submission;
  byId("stop-what").textContent = `${isOrganizer ? `${team}: ` : ""}${filename}, ${done} of ${total} studies done`;
  byId("stop-cost").hidden = !isRationed;
  byId("stop-cost").textContent = done ? "It counts against the quota, as some of its studies are done." : "It does not count against the quota, as none of its studies is done.";
  byId("stop").showModal();
}

// Not the dialog's event `close`, which comes late and could be taken for the answer to the next dialog.
byId("stop").addEventListener("submit", (event) => {
  if (event.submitter?.value === "stop") ask(asked, "cancel");
});

function choose(row) {
  return ask(row, "choose");
}

async function ask(row, what) {
  row.say(null);
  try {
    const answer = await post(`/submissions/${row.submission.id}/${what}`);
    take({ type: "changes", submissions: [answer], queue_estimates: [] });
  } catch (problem) {
    row.say(problem.message);
  }
}

take(data.first);
if (!isOrganizer) startEntry(data, (submission) => {
  if (!submissions.has(submission.id)) take({ type: "changes", submissions: [submission], queue_estimates: [] });
});
const query = `phase=${encodeURIComponent(data.phase)}`;
watch(`/api/v1/competitions/${encodeURIComponent(data.slug)}/submissions/live?${query}`, {
  since: data.first.change,
  onState: showState(byId("live")),
  onMessage: take,
});
