// The queue, the runners and what they run, and what needs the organizer.

import { get, getAll, post } from "../shared/api.js";
import { action, done, keep, part, table } from "./console.js";
import { bytes, chip, h, time } from "../shared/dom.js";

const link = (id, text) => h("a", { href: `/submissions/${id}` }, text);

function figure(title, value, more = null, bad = false) {
  return h("div", { class: bad ? "bad" : null }, h("dt", {}, title), h("dd", {}, String(value), more ? h("small", {}, more) : null));
}

function machinesText({ wanted, cpus_wanted: cpus, not_ready: broken, at_limit: atLimit }) {
  return [`${wanted} wanted, for ${cpus} CPUs`, broken ? `; ${broken} not ready` : "", atLimit ? "; at the limit" : ""];
}

const figures = part(null, ({ queue, machines, dead_letters: letters }) =>
  h(
    "dl",
    { class: "figures" },
    figure("Submissions waiting", queue.submissions_queued, queue.oldest_queued_at ? ["oldest: ", time(queue.oldest_queued_at)] : "none"),
    figure("Submissions running", queue.submissions_running),
    figure("Shards waiting", queue.pending + queue.released, queue.oldest_shard_at ? ["oldest: ", time(queue.oldest_shard_at)] : "none"),
    figure("Slots in use", `${queue.running} of ${queue.slots}`, null, Number(queue.slots) === 0),
    figure("Machines ready", machines.limit === null ? machines.ready : `${machines.ready} of at most ${machines.limit}`, machinesText(machines), machines.not_ready > 0),
    figure("Incidents", queue.incidents, null, queue.incidents > 0),
    figure("Dead letters", letters, null, letters > 0),
  ),
);

const runners = part("Runners", (list) =>
  table(
    "Runners",
    ["Runner", "State", "Memory", "Environments", "Seen", "Doing"],
    list.map((each) => [
      each.id,
      each.ready ? [chip("ready"), each.reason ? ` ${each.reason}` : ""] : [chip(each.state === "gone" ? "gone" : "not ready"), ` ${each.reason}`],
      bytes(each.memory_bytes),
      Object.entries(each.environments).map(([name, digest]) => h("div", { title: digest }, name, " ", h("span", { class: "number" }, digest.replace("sha256:", "").slice(0, 12)))),
      time(each.seen_at),
      each.doing.length
        ? each.doing.map((work) =>
            h("div", {}, link(work.submission_id, work.team), ` ${work.phase}, ${work.box}, study ${work.first_study + work.studies_done}`, work.attempt > 1 ? ` (attempt ${work.attempt})` : "", " since ", time(work.taken_at)),
          )
        : h("span", { class: "quiet-text" }, `idle, ${each.slots} slots`),
    ]),
    "No runner has said anything yet. Start one: it announces itself.",
  ),
);

const incidents = part("Incidents", (list) => [
  h("p", { class: "quiet-text" }, "Shards that failed too often by the platform's fault, or that no runner can take. It costs their teams nothing."),
  table(
    "Incidents",
    ["Submission", "Box", "Failures", "What happened", "Since", ["Actions", "actions"]],
    list.map((each) => [
      link(each.submission_id, each.submission_id.slice(0, 8)),
      each.box,
      String(each.failures),
      each.detail ?? "",
      time(each.changed_at),
      action("Retry", async () => {
        await post(`/admin/incidents/${each.shard_id}/retry`);
        done("The shard will be tried again.");
        turn();
      }, { label: `Retry ${each.box}` }),
    ]),
    "None.",
  ),
]);

const letters = part("Dead letters", (list) => [
  h("p", { class: "quiet-text" }, "Messages that could not be handled and were set aside; nothing is lost."),
  table(
    "Dead letters",
    ["Queue", "Kind", "Reason", "Message", ["Actions", "actions"]],
    list.map((each) => [
      h("span", { class: "number" }, each.queue ?? ""),
      h("span", { class: "number" }, each.key),
      each.reason ?? "it came back too often",
      h("details", {}, h("summary", {}, "show"), h("code", {}, each.body)),
      action("Retry", async () => {
        await post(`/admin/dead-letters/${each.id}/retry`);
        done("The message was sent again. If it still cannot be handled, it comes back here.");
        turn();
      }, { label: `Retry ${each.key}` }),
    ]),
    "None.",
  ),
]);

const turn = keep(async () => {
  const [overview, machines, failed, dead] = await Promise.all([get("/admin/overview"), get("/admin/machines"), getAll("/admin/incidents", "incidents"), get("/admin/dead-letters")]);
  figures({ ...overview, machines });
  runners(overview.runners);
  incidents(failed);
  letters(dead.dead_letters);
});
