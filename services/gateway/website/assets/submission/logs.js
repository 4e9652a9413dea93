// What a team's own optimizer wrote, on a practice phase: the logs of one black box at a time.

import { getAll } from "../shared/api.js";
import { byId, h } from "../shared/dom.js";
import { noLog } from "../submissions/row.js";
import { atMostEvery } from "../shared/requests.js";

const GAP_MS = 5000;

/** Show the logs of a submission in the page; returns functions that update them and that select the black box. */
export function showLogs(current) {
  let logs = null;
  let chosen = null;
  let fault = null;

  function draw() {
    const of = (logs ?? []).filter((each) => each.box === chosen);
    const open = new Set([...byId("logs").querySelectorAll("details[open]")].map((each) => each.dataset.log));
    const parts = of.map(({ study, attempt, log }) => {
      const name = `${chosen} ${study} ${attempt}`;
      const title = `study ${study}${attempt > 1 ? `, attempt ${attempt}` : ""}`;
      return h("details", { "data-log": name, open: open.has(name) || of.length === 1 }, h("summary", {}, title), h("pre", { tabindex: "0", "aria-label": `Log of ${title}` }, log));
    });
    byId("logs").replaceChildren(h("p", { class: "legend" }, fault ?? about(of)), ...parts);
  }

  function about(of) {
    if (logs === null) return "Loading…";
    if (!logs.length) return noLog(current());
    return of.length ? `What your optimizer wrote on ${chosen}; choose another black box above.` : `Your optimizer has written nothing on ${chosen}.`;
  }

  const update = atMostEvery(GAP_MS, async () => {
    try {
      logs = await getAll(`/submissions/${current().id}/logs`, "logs");
      fault = null;
    } catch (problem) {
      fault = problem.message;
    }
    draw();
  });
  const select = (box) => {
    chosen = box;
    draw();
  };
  return { update, select };
}
