// What the generalization losses say of each team, for those who may see it: a column of the leaderboard.

import { get } from "../shared/api.js";
import { h } from "../shared/dom.js";
import { atMostEvery } from "../shared/requests.js";

const GAP_MS = 5000;

/** Return `cell(team)`, and `ask()` for what is new; `onNews` is called when there is some. */
export function watchGeneralization({ slug, phase }, onNews) {
  let rows = new Map();
  let shown = "";
  const ask = atMostEvery(GAP_MS, async () => {
    let found;
    try {
      found = await get(`/competitions/${encodeURIComponent(slug)}/generalization?phase=${encodeURIComponent(phase)}`);
    } catch {
      return; // the feed says that the platform is away, and asks again when it is back
    }
    const now = JSON.stringify(found.rows);
    if (now === shown) return;
    shown = now;
    rows = new Map(found.rows.map((row) => [row.team, row]));
    onNews();
  });
  ask();
  return {
    ask,
    cell(team) {
      const row = rows.get(team);
      if (!row || row.generalization_score === null) return h("td", { class: "number wide" }, "–");
      const place = h("span", { class: "bounds" }, `would be ${row.generalization_rank}`);
      return h("td", { class: "number wide" }, row.generalization_score.toFixed(3), place);
    },
  };
}
