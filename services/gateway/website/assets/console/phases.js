// The phases: freezing their leaderboards, revealing their generalization losses, and the quotas of single teams.

import { get, getAll, post, put } from "../shared/api.js";
import { action, choice, done, field, form, keep, part, table } from "./console.js";
import { byId, chip, h, moment, pageData } from "../shared/dom.js";

const data = pageData();
const path = `/admin/competitions/${encodeURIComponent(data.slug)}`;
const revealed = new Set(data.revealed);
const QUOTAS = { attempts_per_day: "attempts a day", scored_per_day: "scored a day", active_submissions: "at once" };

function quotas(each) {
  const own = Object.entries(QUOTAS).filter(([name]) => each[name] !== null).map(([name, words]) => `${each[name]} ${words}`);
  return own.join(", ") || "none";
}

function reveal(each) {
  const mayBeOpen = each.is_open && each.visibility === "public";
  if (each.revealed || mayBeOpen) return "";
  return action("Reveal", async () => {
    await post(`${path}/phases/${encodeURIComponent(each.name)}/reveal-generalization`);
    revealed.add(each.name);
    done(`Everybody sees what the generalization losses of ${each.name} say.`);
    load();
  }, { question: `Show everybody what the generalization losses of ${each.name} say? This cannot be undone.`, label: `Reveal the generalization losses of ${each.name}` });
}

const phases = part("Phases", (list) =>
  table(
    "Phases",
    ["Phase", "State", "Open", "Seen by", "Generalization seen by", "Size", "Quotas of each team", ["Actions", "actions"]],
    list.map((each) => {
      const frozen = each.frozen_at !== null;
      const turn = frozen ? "unfreeze" : "freeze";
      const question = frozen
        ? `Show everybody the current leaderboard of ${each.name} again?`
        : `Freeze the leaderboard of ${each.name}? Everybody but organizers then sees it as it is now, until it is unfrozen. Scoring goes on.`;
      return [
        h("b", {}, each.name),
        [chip(each.is_open ? "open" : "closed"), frozen ? [" ", chip("frozen")] : ""],
        `${each.opens_at ? moment(each.opens_at) : "from the beginning"} to ${each.closes_at ? moment(each.closes_at) : "the end"}`,
        each.visibility === "public" ? "everybody" : "organizers",
        h("a", { href: `/c/${encodeURIComponent(data.slug)}?phase=${encodeURIComponent(each.name)}` }, each.revealed && each.visibility === "public" ? "everybody" : "organizers"),
        `${each.boxes.length} boxes, ${each.studies_per_box} studies each, ${each.n_calls} × ${each.n_suggestions}`,
        quotas(each),
        [
          action(frozen ? "Unfreeze" : "Freeze", async () => {
            await post(`${path}/phases/${encodeURIComponent(each.name)}/${turn}`);
            done(frozen ? `${each.name} is shown as it is.` : `${each.name} is frozen.`);
            load();
          }, { question, label: `${frozen ? "Unfreeze" : "Freeze"} ${each.name}` }),
          reveal(each),
        ],
      ];
    }),
    "This competition has no phases yet: it holds candidates of black boxes.",
  ),
);

const overrides = part("Quotas of single teams", (teams) => {
  const rows = teams.flatMap((team) => team.quotas.map((each) => ({ team: team.name, ...each })));
  return table(
    "Quotas of single teams",
    ["Team", "Phase", "Instead of the phase's", ["Actions", "actions"]],
    rows.map((each) => [
      each.team,
      each.phase,
      quotas(each),
      action("Take back", async () => {
        await put(`${path}/teams/${encodeURIComponent(each.team)}/quota`, { phase: each.phase });
        done(`${each.team} has the phase's quotas again.`);
        load();
      }, { question: `Take back the quotas of ${each.team} in ${each.phase}?`, label: `Take back the quotas of ${each.team}` }),
    ]),
    "Every team has the quotas of the phase.",
  );
});

const number = (text) => (text.trim() ? Number(text) : null);
byId("section").append(
  h("h3", {}, "Give a team quotas of its own"),
  form(
    [
      field("Team", "team", { required: true, list: "teams" }),
      h("datalist", { id: "teams" }),
      choice("Phase", "phase", data.phases.map((name) => [name, name])),
      field("Attempts a day", "attempts_per_day", { type: "number", min: 1, placeholder: "the phase's" }),
      field("Scored a day", "scored_per_day", { type: "number", min: 1, placeholder: "the phase's" }),
      field("At once", "active_submissions", { type: "number", min: 1, placeholder: "the phase's" }),
    ],
    "Set",
    async ({ team, phase, ...given }, element) => {
      const own = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, number(text)]));
      await put(`${path}/teams/${encodeURIComponent(team)}/quota`, { phase, ...own });
      done(`${team} has quotas of its own in ${phase}.`);
      element.reset();
      load();
    },
  ),
  h("h3", {}, "Let a submission go first"),
  form(
    [field("Submission", "submission", { required: true, size: 36 }), field("Priority", "priority", { type: "number", value: 1, min: -1000, max: 1000 })],
    "Set",
    async ({ submission, priority }) => {
      await post(`/admin/submissions/${encodeURIComponent(submission.trim())}/priority`, { priority: Number(priority) });
      done(`The submission has priority ${priority} as soon as the next slot is free.`);
    },
  ),
);

const load = keep(async () => {
  const [competition, teams] = await Promise.all([get(`/competitions/${encodeURIComponent(data.slug)}`), getAll(`${path}/teams`, "teams")]);
  phases(competition.phases.map((each) => ({ ...each, revealed: revealed.has(each.name) })));
  overrides(teams);
  byId("teams").replaceChildren(...teams.map((each) => h("option", { value: each.name })));
});
