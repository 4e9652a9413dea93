// Shows an announcement that was made since the page was loaded. It looks twice a minute, while somebody sees the page.

import { byId, h, named } from "./dom.js";

const LOOK_EVERY_MS = 30_000;
const place = byId("news");
const { slug } = place.dataset;
let newest = new Date(place.dataset.newest || 0);

async function look() {
  if (document.hidden) return;
  const answer = await fetch(`/api/v1/competitions/${slug}/announcements?limit=1`).catch(() => null);
  if (answer === null || !answer.ok) return;
  const [latest] = (await answer.json()).announcements;
  // Once the newest is withdrawn, the one before it is the latest, but it is no news.
  if (latest === undefined || new Date(latest.created_at) <= newest) return;
  newest = new Date(latest.created_at);
  const link = h("a", { href: `/c/${slug}/announcements` }, named(latest.title));
  place.replaceChildren(h("p", { class: "note" }, "New announcement: ", link));
}

setInterval(look, LOOK_EVERY_MS);
document.addEventListener("visibilitychange", look);
