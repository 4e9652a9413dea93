// What the sections of the console share: tables, polling, and buttons that ask before they act.

import { byId, h, keepFocus } from "../shared/dom.js";
import { showState } from "../shared/live.js";

const EVERY_MS = 2000;
const state = showState(byId("live"));

/** Load repeatedly while the page is visible; a failure is shown, and tried again. */
export function keep(load) {
  let timer = null;
  async function turn() {
    clearTimeout(timer);
    if (!document.hidden) {
      try {
        await load();
        state("live");
      } catch (problem) {
        state("unavailable");
        if (problem.status !== 0 && problem.status !== 503) fault(problem);
      }
    }
    timer = setTimeout(turn, EVERY_MS);
  }
  document.addEventListener("visibilitychange", turn);
  turn();
  return turn;
}

/** Show what went wrong, in the platform's words. */
export function fault(problem) {
  const element = byId("fault");
  element.hidden = !problem;
  element.textContent = problem ? problem.message : "";
}

export function done(...what) {
  fault(null);
  const element = byId("done");
  element.hidden = !what.length;
  element.replaceChildren(...what);
}

/** Ask for confirmation; resolves to true or false. */
export function sure(question, yes) {
  const dialog = byId("sure");
  byId("sure-what").replaceChildren(...[question].flat());
  byId("sure-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    // Whoever is quick opens it again before the event of its last end comes.
    dialog.onclose = () => dialog.open || resolve(dialog.returnValue === "yes");
  });
}

/** A button that does something; `question` is asked before. */
export function action(title, run, { question = null, kind = "quiet", label = null } = {}) {
  const button = h("button", { type: "button", class: kind, "aria-label": label }, title);
  button.addEventListener("click", async () => {
    if (question && !(await sure(question, title))) return;
    button.disabled = true;
    done();
    try {
      await run(button);
    } catch (problem) {
      fault(problem);
    } finally {
      button.disabled = false;
      keepFocus(button);
    }
  });
  return button;
}

/** A form that does something with its fields when it is sent. */
export function form(fields, title, run) {
  const element = h("form", { class: "row" }, fields, h("button", {}, title));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    const focused = document.activeElement;
    done();
    try {
      await run(Object.fromEntries(new FormData(element)), element);
    } catch (problem) {
      fault(problem);
    }
    keepFocus(focused);
  });
  return element;
}

export function field(title, name, attributes = {}) {
  return h("label", {}, title, h("input", { name, ...attributes }));
}

export function choice(title, name, options) {
  return h("label", {}, title, h("select", { name }, options.map(([value, text]) => h("option", { value }, text))));
}

/** A table that may be wider than the page; each head is a title, or [title, class]. */
export function table(caption, heads, rows, empty = "Nothing here.") {
  if (!rows.length) return h("p", { class: "quiet-text" }, empty);
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      {},
      h("caption", { class: "unseen" }, caption),
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col", class: Array.isArray(head) ? head[1] : null }, Array.isArray(head) ? head[0] : head)))),
      h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, index) => h("td", { class: Array.isArray(heads[index]) ? heads[index][1] : null }, cell))))),
    ),
  );
}

/** A part of the section that is drawn again only when its data has changed, so that it does not lose focus. */
export function part(title, draw) {
  const body = h("div");
  let shown = null;
  byId("section").append(title ? h("h2", {}, title) : "", body);
  return (value) => {
    const text = JSON.stringify(value);
    if (text === shown) return;
    shown = text;
    body.replaceChildren(...[draw(value)].flat());
  };
}

export function detail(title, ...what) {
  byId("detail-title").textContent = title;
  byId("detail-what").replaceChildren(...what);
  byId("detail").showModal();
}
