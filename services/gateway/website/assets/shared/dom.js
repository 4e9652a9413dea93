// Creates elements. Whatever comes from outside becomes text, never markup.

const SVG = "http://www.w3.org/2000/svg";

/** Return an element; children are elements, texts or null; attributes that are null or false are left out. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Return the data that the server put into the page for its script. */
export function pageData() {
  return JSON.parse(document.getElementById("data").textContent);
}

export function byId(id) {
  return document.getElementById(id);
}

/** Let the keyboard go on where it was, after what had the focus was switched off or drawn again. */
export function keepFocus(element) {
  if (document.activeElement === document.body) (element.isConnected ? element : byId("section")).focus();
}

/** A name in the middle of other text, which a name that is written from right to left does not turn round. */
export const named = (name) => h("bdi", {}, name);

export const score = (value) => (value === null || value === undefined ? "–" : value.toFixed(3));
export const percent = (done, total) => (total ? `${Math.floor((100 * done) / total)} %` : "");

// With the zone, because where clocks change an hour comes twice.
const DATE = { weekday: "short", year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
const MOMENT = new Intl.DateTimeFormat(undefined, DATE);
const EXACT = new Intl.DateTimeFormat(undefined, { ...DATE, second: "2-digit" });
// Spans of time, not calendar days: "tomorrow" would be wrong of what is 25 hours away, late in the evening.
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "always", style: "short" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

function ago(date) {
  const seconds = (date - Date.now()) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return "just now";
}

/** A time: how long ago, kept up to date, with the exact time in the reader's zone as its title. */
export function time(iso) {
  if (!iso) return "–";
  const date = new Date(iso);
  return h("time", { datetime: iso, title: EXACT.format(date) }, ago(date));
}

/** A time in the reader's zone, to the minute. */
export const moment = (at) => MOMENT.format(new Date(at));

for (const element of document.querySelectorAll("time.moment")) {
  element.title = element.dateTime;
  element.textContent = moment(element.dateTime);
}

setInterval(() => {
  for (const element of document.querySelectorAll("time:not(.moment)")) {
    const text = ago(new Date(element.dateTime));
    if (element.textContent !== text) element.textContent = text;
  }
}, 10_000);

/** Return seconds as readable text. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 60) return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 360) / 10} h`;
}

export function bytes(value) {
  if (value === null || value === undefined) return "–";
  for (const unit of ["bytes", "KiB", "MiB"]) {
    if (value < 1024) return `${value < 10 && unit !== "bytes" ? value.toFixed(1) : Math.round(value)} ${unit}`;
    value /= 1024;
  }
  return `${value.toFixed(1)} GiB`;
}

/** A submission's, shard's or execution's state as a coloured word; the colour adds nothing to the word. */
export function chip(state) {
  return h("span", { class: `chip ${String(state).replaceAll(" ", "-")}` }, String(state).replaceAll("_", " "));
}

export function progress(done, total, what = "studies") {
  return h(
    "span",
    { class: "progress", role: "img", "aria-label": `${done} of ${total} ${what} done` },
    h("progress", { max: total || 1, value: done, "aria-hidden": "true" }),
    h("span", { class: "number", "aria-hidden": "true" }, `${done}/${total}`),
  );
}
