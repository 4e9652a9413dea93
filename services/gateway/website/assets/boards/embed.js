// A board in a frame of another site's page: it looks again once in a while, without a session.

import { pageData } from "../shared/dom.js";
import { drawBoard } from "./table.js";

const EVERY_MS = 15_000;
const { ranking } = pageData();
const path = `/c/${encodeURIComponent(ranking.competition)}/boards/${encodeURIComponent(ranking.board.name)}/embed.json`;

async function look() {
  const answer = await fetch(path, { credentials: "omit" }).catch(() => null);
  if (answer?.ok) drawBoard(await answer.json(), null);
}

drawBoard(ranking, null);
setInterval(look, EVERY_MS);
