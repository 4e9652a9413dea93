// The tables of figures at a fixed budget and to a fixed target.

import { h } from "../shared/dom.js";

const COLUMNS = 6;
const points = (value) => value.toFixed(1);
const evaluations = (value) => (value === null ? "∞" : value < 100 ? value.toFixed(1) : String(Math.round(value)));

/** Some of a list, evenly spaced by their place, with the first and the last. */
function some(length) {
  if (length <= COLUMNS) return [...Array(length).keys()];
  return [...new Set([...Array(COLUMNS).keys()].map((number) => Math.round((number * (length - 1)) / (COLUMNS - 1))))];
}

/** Budgets for a table: 1, 2, 4 and so on, and the last, by their places in the list. */
function doubling(budgets) {
  const places = [];
  let next = 1;
  budgets.forEach((budget, place) => {
    if (budget < next && place < budgets.length - 1) return;
    places.push(place);
    while (next <= budget) next *= 2;
  });
  return places.length > COLUMNS ? some(places.length).map((place) => places[place]) : places;
}

function figure({ value, low, high }, format, more = null) {
  return h("td", { class: "number" }, format(value), h("small", { class: "bounds" }, `${format(low)} – ${format(high)}`), more && h("small", { class: "bounds" }, more));
}

function table(caption, heads, rows) {
  const columns = ["Rank", "Team", ...heads].map((head, place) => h("th", { scope: "col", class: place === 1 ? null : "number" }, head));
  return h("table", { class: "performance" }, h("caption", { class: "unseen" }, caption), h("thead", {}, h("tr", {}, columns)), h("tbody", {}, rows));
}

function row(team, own, cells) {
  return h("tr", { class: team.team === own ? "own" : null }, h("td", { class: "number" }, String(team.rank)), h("th", { scope: "row" }, team.team), cells);
}

export function fixedBudget({ budgets, teams }, own) {
  const places = doubling(budgets);
  const heads = ["Area", ...places.map((place) => `After ${budgets[place]}`)];
  const rows = teams.map((team) => row(team, own, [figure(team.area, points), ...places.map((place) => figure(team.scores[place], points))]));
  return table("Scores after so many iterations", heads, rows);
}

export function fixedTarget({ targets, teams }, own) {
  const places = some(targets.length);
  const heads = places.map((place) => `Score ${points(targets[place])}`);
  const cell = (time) => figure(time, evaluations, `${Math.round(100 * time.reached_by)} % of studies`);
  return table("Evaluations to reach a score", heads, teams.map((team) => row(team, own, places.map((place) => cell(team.running_times[place])))));
}
