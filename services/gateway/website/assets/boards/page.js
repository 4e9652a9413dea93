// The page of a board: the feed of its phase says when to look again.

import { byId, pageData } from "../shared/dom.js";
import { get } from "../shared/api.js";
import { showState, watch } from "../shared/live.js";
import { drawBoard } from "./table.js";

const GAP_MS = 2000;
const data = pageData();
const { competition, board, change } = data.ranking;
const path = `/competitions/${encodeURIComponent(competition)}`;
let looking = false;
let again = false;

/** Look once, and once more if something has changed meanwhile; never more often than every GAP_MS. */
async function look() {
  again = true;
  if (looking) return;
  looking = true;
  while (again) {
    again = false;
    const ranking = await get(`${path}/boards/${encodeURIComponent(board.name)}`).catch(() => null);
    if (ranking) drawBoard(ranking, data.team);
    await new Promise((done) => setTimeout(done, GAP_MS));
  }
  looking = false;
}

for (const element of document.querySelectorAll(".address")) element.textContent = location.origin + element.textContent;
drawBoard(data.ranking, data.team);
watch(`/api/v1${path}/live?phase=${encodeURIComponent(board.phase)}`, { since: change, onState: showState(byId("live")), onMessage: look });
