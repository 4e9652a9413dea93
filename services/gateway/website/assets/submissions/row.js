// One submission in a list: its element is kept, and only the parts that have changed are drawn again.

import { getAll } from "../shared/api.js";
import { chip, duration, h, progress, score, time } from "../shared/dom.js";

const STAGES = { load: "while it was loaded", construct: "in its constructor", suggest: "in suggest", observe: "in observe" };
const UNITS = [["s", 1, 90], ["min", 60, 90 * 60], ["h", 3600, 48 * 3600], ["days", 86400, Infinity]];

/** Return an interval of seconds as readable text: "2 to 4 min". */
export function between([low, high]) {
  const [unit, size] = UNITS.find(([, , until]) => high < until);
  const [from, to] = [Math.floor(low / size), Math.max(1, Math.ceil(high / size))];
  if (from === 0) return `up to ${to} ${unit}`;
  return from === to ? `about ${to} ${unit}` : `${from} to ${to} ${unit}`;
}

/** Return the name of a submission's environment, which may be pinned to one image as `NAME@sha256:...`. */
export const environmentName = ({ environment }) => environment.split("@")[0];

export const isOver = (submission) => !["queued", "running"].includes(submission.state);

/** The parts of a submission's element: how each is drawn, and from which values. */
const PARTS = {
  state: [
    ["state", "queue_position", "remaining_s", "studies_done", "studies_total", "ended_at"],
    (it) => [chip(it.state), underWay(it)],
  ],
  result: [
    ["score", "interval", "provisional", "state"],
    (it) => it.score === null ? h("span", { class: "no-score" }, isOver(it) ? "no score" : "no score yet") : [
      h("span", { class: it.provisional ? "number score provisional" : "number score" }, score(it.score)),
      h("span", { class: "number bounds" }, it.interval ? `${it.interval.map((each) => each.toFixed(1)).join(" – ")}` : ""),
      it.provisional ? h("span", { class: "provisional" }, isOver(it) ? "not final" : "provisional") : null,
    ],
  ],
  verdict: [
    ["verdict", "verdict_sentence", "verdict_fault", "verdict_stage", "verdict_iteration", "verdict_detail", "cut_offs", "suggest_errors", "observe_errors"],
    (it) => [sentence(it), mishaps(it)],
  ],
};

function underWay(it) {
  if (isOver(it)) return h("span", { class: "quiet" }, `${it.studies_done} of ${it.studies_total} studies${took(it)}`);
  const left = it.remaining_s ? `${between(it.remaining_s)} left` : null;
  const place = it.queue_position === null ? null : it.queue_position === 1 ? "next in the queue" : `number ${it.queue_position} in the queue`;
  return [
    progress(it.studies_done, it.studies_total),
    h("span", { class: "quiet" }, [place, left].filter(Boolean).join(", ") || (it.state === "queued" ? "waits for a runner" : "")),
  ];
}

function took({ started_at: started, ended_at: ended }) {
  return started && ended ? ` in ${duration((new Date(ended) - new Date(started)) / 1000)}` : "";
}

function sentence(it) {
  if (it.verdict === null || it.verdict === "scored") return null;
  const where = it.verdict_stage ? ` It happened ${STAGES[it.verdict_stage]}${it.verdict_iteration ? `, iteration ${it.verdict_iteration}` : ""}.` : "";
  return [
    h("p", { class: it.verdict_fault ? "why bad" : "why" }, `${it.verdict_sentence}${where}`),
    it.verdict_detail ? h("details", {}, h("summary", {}, "What it said"), h("pre", { tabindex: "0" }, it.verdict_detail)) : null,
  ];
}

const OF = { iteration: "an iteration", study: "a study" };

/** Say of a submission what went wrong without ending it; null if nothing did. */
export function mishaps(it) {
  const cutOff = it.cut_offs.map(({ limit, seconds, studies }) => [studies, `cut off by the limit of ${seconds} s for ${OF[limit]}`, "study was", "studies were"]);
  const said = [
    ...cutOff,
    [it.suggest_errors, "in suggest, and random search stepped in", "exception", "exceptions"],
    [it.observe_errors, "in observe, and nothing else happened", "exception", "exceptions"],
  ].filter(([count]) => count).map(([count, what, one, many]) => `${count} ${count === 1 ? one : many} ${what}.`);
  if (cutOff.length) said.splice(cutOff.length, 0, "Of such a study the best found before counts; if nothing was found, it scores 0.");
  return said.length ? h("p", { class: "mishaps" }, said.join(" ")) : null;
}

/** Say of a submission without any log why there is none. */
export function noLog(it) {
  if (!isOver(it)) return "Nothing yet: a study's log appears when it has ended, if the optimizer wrote anything.";
  const hasLogs = it.studies_done > 0 || ["team", "limit"].includes(it.verdict_fault);
  return hasLogs ? "The optimizer wrote nothing." : `There is no log: no study had ended when the submission ${it.state === "cancelled" ? "was cancelled" : "ended"}.`;
}

export class Row {
  /** `options`: role, may_act, shows_logs; `onStop` and `onChoose` get the submission. */
  constructor(submission, options) {
    this.options = options;
    this.drawn = {};
    this.actions = h("div", { class: "actions" });
    this.parts = Object.fromEntries(Object.keys(PARTS).map((name) => [name, h("div", { class: name })]));
    this.link = h("a", { class: "name", href: `/submissions/${submission.id}` }, submission.filename);
    this.marks = h("span", { class: "marks" });
    this.fault = h("p", { class: "fault", role: "alert", hidden: true });
    this.log = options.shows_logs ? new Log(submission) : null;
    const team = options.role === "organizer" ? h("div", { class: "team" }, submission.team) : null;
    this.element = h(
      "li",
      { class: "submission" },
      team,
      h("div", { class: "what" }, this.link, this.marks, h("span", { class: "quiet" }, `in ${environmentName(submission)}, submitted `, time(submission.created_at))),
      this.parts.state,
      this.parts.result,
      this.actions,
      h("div", { class: "more" }, this.fault, this.parts.verdict, this.log?.element),
    );
    this.draw(submission, false, false);
  }

  draw(submission, counts, mayCount) {
    this.submission = submission;
    for (const [name, [fields, content]] of Object.entries(PARTS)) {
      this.once(name, fields.map((field) => submission[field]), () => {
        this.parts[name].replaceChildren(...[content(submission)].flat(2).filter(Boolean));
      });
    }
    this.once("marks", [counts], () => {
      this.marks.replaceChildren(...(counts ? [h("span", { class: "counts" }, "counts")] : []));
    });
    const canStop = !isOver(submission) && this.options.may_act;
    this.once("actions", [canStop, mayCount], () => this.drawActions(canStop, mayCount));
    this.log?.follow(submission);
  }

  /** Draw a part again if the values that it shows have changed. */
  once(name, from, draw) {
    const key = JSON.stringify(from);
    if (this.drawn[name] === key) return;
    this.drawn[name] = key;
    draw();
  }

  drawActions(canStop, mayCount) {
    const hadFocus = this.actions.contains(document.activeElement);
    const { onStop, onChoose } = this.options;
    const of = ` ${this.submission.filename}`;
    this.actions.replaceChildren(
      ...(canStop ? [h("button", { type: "button", class: "danger", onclick: () => onStop(this) }, "Stop", h("span", { class: "unseen" }, of))] : []),
      ...(mayCount ? [h("button", { type: "button", class: "quiet", onclick: () => onChoose(this) }, "Let it count", h("span", { class: "unseen" }, of))] : []),
    );
    if (hadFocus) this.link.focus(); // its button is gone; the reader stays in the place
  }

  /** Show in the row why an action failed. */
  say(fault) {
    this.fault.hidden = fault === null;
    this.fault.textContent = fault ?? "";
  }
}

/** What the optimizer wrote, loaded when somebody opens it, and again as studies finish. */
class Log {
  constructor(submission) {
    this.submission = submission;
    this.seen = null;
    this.loading = false;
    this.body = h("div", { class: "log" });
    this.element = h("details", { ontoggle: () => this.load() }, h("summary", {}, "Log"), this.body);
  }

  follow(submission) {
    const key = JSON.stringify([submission.studies_done, submission.state]);
    this.submission = submission;
    if (key !== this.seen) {
      this.seen = key;
      this.isOld = true;
      this.load();
    }
  }

  async load() {
    if (!this.element.open || !this.isOld || this.loading) return;
    this.loading = true;
    this.isOld = false;
    try {
      const logs = await getAll(`/submissions/${this.submission.id}/logs`, "logs");
      this.show(logs);
    } catch (problem) {
      this.isOld = true;
      this.body.replaceChildren(h("p", { class: "fault", role: "alert" }, problem.message));
      return;
    } finally {
      this.loading = false;
    }
    this.load();
  }

  show(logs) {
    if (!logs.length) {
      this.body.replaceChildren(h("p", { class: "quiet" }, noLog(this.submission)));
      return;
    }
    this.body.replaceChildren(
      ...logs.flatMap((each) => [
        h("h3", {}, `${each.box}, study ${each.study}`, each.attempt > 1 ? h("small", {}, ` attempt ${each.attempt}`) : null),
        h("pre", { tabindex: "0" }, each.log),
      ]),
    );
  }
}
