// The form for a team's zip: chosen, checked, sent, and then accepted, or refused with the reason shown here.

import { byId, bytes, h, moment, time } from "../shared/dom.js";
import { newKey, upload } from "./upload.js";

const LONGEST_TIMER_S = 86400;
const QUOTAS = {
  attempts_per_day: ["Attempts", (left, limit) => `${left} of ${limit} left in 24 hours`],
  scored_per_day: ["Scored submissions", (left, limit) => `${left} of ${limit} left in 24 hours`],
  active_submissions: ["At once", (left, limit) => `${limit - left} of ${limit} under way`],
};

/** Show what is left of the quotas, beside the drop zone. */
export function showQuota(quota) {
  const limits = byId("limits");
  for (const element of limits.querySelectorAll(".quota")) element.remove();
  for (const [name, { limit, used }] of Object.entries(quota)) {
    const [title, text] = QUOTAS[name];
    const left = Math.max(0, limit - used);
    limits.append(h("div", { class: left ? "quota" : "quota spent" }, h("dt", {}, title), h("dd", {}, text(left, limit))));
  }
}

/** Let a team submit to a phase while it is open; `onAccepted` gets each submission. */
export function startEntry(data, onAccepted) {
  showTimes(data);
  const form = byId("upload");
  if (form !== null) form.hidden = !data.is_open;
  takeDrops(form, form === null ? null : new Entry(data, onAccepted));
}

/** Take files that are dropped anywhere on the page: the browser would leave the page for one dropped beside the form. */
function takeDrops(form, entry) {
  const isReady = () => entry?.isReady() ?? false;
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = isReady() ? "copy" : "none";
    form?.classList.toggle("over", isReady());
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) form?.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    form?.classList.remove("over");
    if (isReady()) entry.drop(event.dataTransfer);
  });
}

function showTimes(data) {
  const deadline = byId("deadline");
  const at = data.is_open ? data.closes_at : null;
  deadline.hidden = at === null;
  if (at !== null) {
    deadline.querySelector("dt").textContent = "Closes";
    deadline.querySelector("dd").replaceChildren(time(at), h("span", { class: "exact" }, moment(at)));
  }
  showClosed(data);
  if (data.turns_in_s === null || data.turns_in_s > LONGEST_TIMER_S) return;
  setTimeout(() => {
    if (!data.is_open) location.reload();
    data.is_open = false;
    showClosed(data);
  }, 1000 * data.turns_in_s);
}

function showClosed({ is_open: isOpen, closes_at: closesAt, opens_at: opensAt }) {
  const closed = byId("closed");
  closed.hidden = isOpen;
  if (isOpen) return;
  const opensLater = opensAt !== null && new Date(opensAt) > new Date();
  const when = opensLater ? ` It opens on ${moment(opensAt)}.` : closesAt ? ` It closed on ${moment(closesAt)}.` : "";
  closed.textContent = `This phase takes no submissions now.${when}`;
  const form = byId("upload");
  if (form !== null && !form.classList.contains("busy")) form.hidden = true;
}

class Entry {
  /** In one of these states: nothing chosen, chosen (with its key), or being sent. A file keeps its key until it is
      accepted, so that sending it again after a lost connection does not make a second submission. */
  constructor(data, onAccepted) {
    this.data = data;
    this.onAccepted = onAccepted;
    this.file = null;
    this.key = null;
    this.ending = null;
    this.form = byId("upload");
    this.environment = byId("environment"); // there only where the phase allows several
    this.environment?.addEventListener("change", () => this.changed());
    this.publishZip = byId("publish-zip");
    this.publishZip.addEventListener("change", () => this.changed());
    this.input = byId("file");
    this.input.addEventListener("change", () => this.choose(this.input.files[0]));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    byId("abort").addEventListener("click", () => this.ending?.abort());
  }

  isReady() {
    return !(this.ending || this.form.hidden);
  }

  drop({ items, files }) {
    const folder = [...items].map((item) => item.webkitGetAsEntry?.()).find((entry) => entry?.isDirectory);
    if (!folder && files.length === 1) return this.choose(files[0]);
    this.file = null;
    this.show(null);
    this.refuse(folder ? `${folder.name} is a folder. Drop a zip of what is in it; arena pack makes one.` : "Several files came at once. Pack them into one zip, and drop that.");
  }

  choose(file) {
    if (!this.isReady() || !file) return;
    this.input.value = ""; // so that the same file, packed again, is a change
    this.file = null;
    this.say("");
    this.show(file);
    const fault = this.faultOf(file);
    if (fault) return this.refuse(fault);
    this.file = file;
    this.key = newKey();
    this.accept(true);
  }

  /** The same file for another environment, or published or not, is another submission. */
  changed() {
    if (this.file === null || this.ending) return;
    this.key = newKey();
    this.accept(true);
  }

  faultOf(file) {
    if (!/\.zip$/i.test(file.name)) return `Expected a file that ends in .zip, got ${file.name}; pack your optimizer as a zip.`;
    if (!file.size) return "The file is empty; pack it again.";
    if (file.size > this.data.zip_limit_bytes) return `The zip is larger than ${this.data.zip_limit}; leave out what it does not need.`;
    return null;
  }

  show(file) {
    const chosen = byId("chosen");
    chosen.hidden = !file;
    if (this.environment !== null) byId("where").hidden = !file;
    byId("consent").hidden = !file;
    if (file) chosen.replaceChildren(h("b", {}, file.name), " ", h("span", { class: "number" }, bytes(file.size)));
  }

  accept(isReady) {
    byId("fault").hidden = true;
    this.input.removeAttribute("aria-invalid");
    byId("send").hidden = !isReady;
    byId("send").textContent = "Submit";
  }

  refuse(reason, { again = false } = {}) {
    byId("send").hidden = !again;
    if (again) byId("send").textContent = "Try again";
    byId("fault").textContent = reason;
    byId("fault").hidden = false;
    this.input.setAttribute("aria-invalid", "true");
  }

  say(text) {
    byId("said").textContent = text;
  }

  busy(is) {
    this.form.classList.toggle("busy", is);
    this.input.disabled = is;
    byId("sending").hidden = !is;
    byId("sent").value = 0;
  }

  async send() {
    if (this.file === null || this.ending) return;
    const { file, key } = this;
    this.ending = new AbortController();
    this.accept(false);
    this.busy(true);
    this.say("Uploading…");
    try {
      const submission = await upload(`/api/v1/competitions/${encodeURIComponent(this.data.slug)}/submissions`, {
        file, key, phase: this.data.phase, environment: this.environment?.value, publishZip: this.publishZip.checked,
        signal: this.ending.signal,
        onProgress: (part) => this.sent(part, file),
        onWait: () => this.say("The connection was lost; trying again…"),
      });
      this.done(submission);
    } catch (problem) {
      this.failed(problem);
    } finally {
      this.ending = null;
      this.busy(false);
    }
  }

  sent(part, file) {
    byId("sent").value = part;
    this.say(part < 1 ? `Uploading: ${Math.floor(100 * part)} % of ${bytes(file.size)}` : "Checking the zip…");
  }

  done(submission) {
    this.file = null;
    this.show(null);
    this.say(`${submission.filename} is accepted and waits to be run; follow it below.`);
    this.onAccepted(submission);
  }

  failed(problem) {
    this.say("");
    if (problem === null) {
      this.accept(true);
      return this.say("The upload was stopped; nothing was submitted.");
    }
    this.refuse(inWords(problem), { again: ![409, 413, 422].includes(problem.status) });
  }
}

function inWords(problem) {
  if (problem.status === 0) return "The platform cannot be reached. Your zip is kept here; try again, it is submitted once.";
  if (problem.status === 429 && problem.retryAfterS) {
    const at = Date.now() + 1000 * problem.retryAfterS;
    return problem.retryAfterS > 120 ? `${problem.message} The next one is possible on ${moment(at)}.` : problem.message;
  }
  return problem.message;
}
