// Shows an announcement that was made since the page was loaded. It looks twice a minute, while somebody sees the page.

import { byId, h } from "./dom.js";

const LOOK_EVERY_MS = 30_000;
const place = byId("news");
const { slug } = place.dataset;
let { newest } = place.dataset;

async function look() {
  if (document.hidden) return;
  const answer = await fetch(`/api/v1/competitions/${slug}/announcements?limit=1`).catch(() => null);
  if (answer === null || !answer.ok) return;
  const [latest] = (await answer.json()).announcements;
  if (latest === undefined || latest.id === newest) return;
  newest = latest.id;
  const link = h("a", { href: `/c/${slug}/announcements` }, latest.title);
  place.replaceChildren(h("p", { class: "note" }, "New announcement: ", link));
}

setInterval(look, LOOK_EVERY_MS);
document.addEventListener("visibilitychange", look);
