// What all teams have made the platform do so far, counted on.

import { get } from "../shared/api.js";
import { byId } from "../shared/dom.js";

const EVERY_MS = 10_000;
const UNITS = [["CPU-years", 365.25 * 86400], ["CPU-days", 86400], ["CPU-hours", 3600]];
const place = byId("counters");

function text(name, value) {
  if (name !== "cpu_s") return Math.round(value).toLocaleString("en");
  const [unit, size] = UNITS.find(([, size]) => value >= size) ?? UNITS.at(-1);
  return `${(value / size).toFixed(2)} ${unit}`;
}

function show(counters) {
  for (const element of place.querySelectorAll("[data-counter]")) element.textContent = text(element.dataset.counter, counters[element.dataset.counter]);
  place.hidden = !counters.submissions;
}

async function count() {
  if (document.hidden) return;
  const counters = await get("/counters").catch(() => null);
  if (counters) show(counters);
}

if (place) {
  show(Object.fromEntries([...place.querySelectorAll("[data-counter]")].map((each) => [each.dataset.counter, Number(each.textContent)])));
  setInterval(count, EVERY_MS);
  document.addEventListener("visibilitychange", count);
}
