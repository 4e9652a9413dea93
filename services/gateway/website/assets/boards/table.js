// A board as a table, drawn anew with each answer: teams in their order, baseline rows where they would stand.

import { byId, chip, h, moment, percent, score } from "../shared/dom.js";

const COLUMNS = [
  ["Rank", "rank"],
  ["Team", "team"],
  ["Score", "number"],
  ["95 % interval", "number wide"],
  ["State", "state"],
];

function cells(row) {
  return [
    h("td", { class: "rank" }, row.rank === null ? "–" : String(row.rank), row.within_noise_of_next ? h("abbr", { title: "within the noise of the next place" }, " ≈") : null),
    h("th", { scope: "row", class: "team" }, row.team),
    h("td", { class: row.provisional ? "number score provisional" : "number score" }, score(row.score)),
    h("td", { class: "number wide" }, row.interval ? `${row.interval[0].toFixed(1)} – ${row.interval[1].toFixed(1)}` : "–"),
    h("td", { class: "state" }, state(row)),
  ];
}

function state(row) {
  const { studies_done: done, studies_total: total } = row;
  const under = row.provisional ? h("span", { class: "number provisional", title: `${done} of ${total} studies done` }, ` ${percent(done, total)}`) : null;
  if (row.baseline) return [chip("baseline"), under];
  return [chip(row.rank === null ? "running" : "scored"), under];
}

/** Draw a board into its place; `team` is the viewer's own. */
export function drawBoard(ranking, team) {
  const note = byId("frozen");
  note.hidden = !ranking.frozen;
  note.textContent = ranking.frozen ? `This board is frozen since ${moment(ranking.frozen_at)}: for everybody but the organizer it shows how things stood then.` : "";
  const place = byId("board");
  if (!ranking.rows.length) {
    place.replaceChildren(h("div", { class: "empty" }, h("h2", {}, "No submission yet"), h("p", {}, "The first one shows here as soon as it is accepted.")));
    return;
  }
  const heads = COLUMNS.map(([title, kind]) => h("th", { scope: "col", class: kind }, title));
  const rows = ranking.rows.map((row) => h("tr", { class: row.baseline ? "baseline" : row.team === team ? "own" : null }, cells(row)));
  place.replaceChildren(
    h("table", { class: "leaderboard" }, h("caption", { class: "unseen" }, ranking.board.title), h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)),
  );
}
