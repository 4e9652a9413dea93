// Asks again when the submissions that count may have changed; the leaderboard's feed says when.

import { get } from "../shared/api.js";
import { byId, pageData } from "../shared/dom.js";
import { showState, watch } from "../shared/live.js";
import { atMostEvery } from "../shared/requests.js";

const GAP_MS = 2000;
export const data = pageData();
const here = `/competitions/${encodeURIComponent(data.slug)}`;
const phase = `phase=${encodeURIComponent(data.phase)}`;

/** Call `draw` with the answer now and whenever it has changed; `path` is that of the API. */
export function follow(path, draw) {
  let shown = "";
  const load = atMostEvery(GAP_MS, async () => {
    const fault = byId("fault");
    try {
      const found = await get(`${here}/${path}${path.includes("?") ? "&" : "?"}${phase}`);
      fault.hidden = true;
      byId("frozen").hidden = !found.frozen;
      const now = JSON.stringify(found);
      if (now !== shown) draw(found);
      shown = now;
    } catch (problem) {
      fault.hidden = false;
      fault.textContent = problem.message;
    }
  });
  load();
  watch(`/api/v1${here}/live?${phase}`, {
    onState: showState(byId("live")),
    onMessage(message) {
      // A submission that only runs on changes nothing here.
      if (message.type === "snapshot" || message.removed?.length || !message.rows.length || message.rows.some((row) => !row.provisional)) load();
    },
  });
}
