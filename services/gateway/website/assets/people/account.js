// One's own account: registrations, teams, tokens, and what is known of oneself.

import { action, done, fault, field, form, table } from "../console/console.js";
import { get, post, put, remove } from "../shared/api.js";
import { byId, chip, h, moment, named, pageData, time } from "../shared/dom.js";

const data = pageData();
const STATES = { waiting: "waits for an organizer's approval", approved: "approved", refused: "refused" };
const pathOf = (each) => `/me/competitions/${encodeURIComponent(each.slug)}`;

/** A button that does something and shows the account as it is then. */
function change(title, run, options) {
  return action(title, async () => show(await run()), options);
}

function shownOnce(what, text, id) {
  const copy = action("Copy", () => navigator.clipboard.writeText(text));
  done(h("p", {}, what), h("div", { class: "token" }, h("code", { id }, text), copy));
  byId("done").scrollIntoView({ block: "nearest" });
}

function competition(each) {
  return h(
    "section",
    { class: "taking-part", "aria-label": each.name },
    h("h3", {}, h("a", { href: `/c/${each.slug}` }, named(each.name)), " ", chip(each.state)),
    each.state === "approved" ? null : h("p", {}, `Your registration ${each.state === "waiting" ? STATES.waiting : `was ${each.state}`}.`),
    each.rules_are_current ? null : h("p", { class: "note" }, "The rules have changed: ", h("a", { href: `/register?competition=${each.slug}` }, "read and accept them"), "."),
    each.state === "approved" ? (each.team ? ownTeam(each) : newTeam(each)) : null,
  );
}

function newTeam(each) {
  return [
    h("p", {}, "You are in no team. Create one, or open the link that a member of another team makes for you."),
    form([field("Name of the team", "name", { required: true, maxlength: 80 })], "Create a team", async ({ name }) => show(await post(`${pathOf(each)}/team`, { name }))),
  ];
}

function ownTeam(each) {
  const path = pathOf(each);
  return [
    h("p", {}, "Team ", h("b", {}, named(each.team)), ": ", each.members.map((name, index) => [index ? ", " : "", named(name || "somebody without a name")])),
    h(
      "div",
      { class: "buttons" },
      each.acting ? h("a", { href: `/c/${each.slug}/submissions` }, "Submit") : change("Act for this team", () => post(`${path}/act`), { label: `Act for ${each.team}` }),
      action("Invite somebody", async () => {
        const made = await post(`${path}/invitations`);
        shownOnce(["Whoever opens this link first joins ", named(each.team), `. It is shown this once, and works until ${moment(made.expires_at)}.`], made.url, "invitation");
      }, { label: `Invite somebody into ${each.team}` }),
      change("Leave", () => remove(`${path}/team`), { question: ["Leave ", named(each.team), "? Your tokens for it are revoked. Its submissions and scores stay with it."], kind: "danger", label: `Leave ${each.team}` }),
    ),
    h("h4", {}, "Your tokens for the command line"),
    tokens(each),
    form([field("Name of the token", "name", { maxlength: 80 })], "Make a token", async ({ name }) => {
      const made = await post(`${path}/tokens`, { name });
      await load();
      shownOnce("Your new token, which is shown this once:", made.token, "token");
    }),
    merging(each),
  ];
}

function tokens(each) {
  return table(
    `Your tokens for ${each.team}`,
    ["Name", "May", "Made", ["Actions", "actions"]],
    each.tokens.map((token) => [
      token.name || "–",
      token.scopes.join(", "),
      time(token.created_at),
      action("Revoke", async () => {
        await remove(`/me/tokens/${token.id}`);
        await load();
      }, { kind: "danger", label: `Revoke the token ${token.name || "without a name"}` }),
    ]),
    "You have none.",
  );
}

function merging(each) {
  if (!each.merge_until || new Date(each.merge_until) < new Date()) return null;
  const path = `${pathOf(each)}/merge`;
  return [
    h("h4", {}, `Merging, until ${moment(each.merge_until)}`),
    h("p", {}, "A team may become part of another one, once a member of that one agrees."),
    each.merges_asked.map((team) =>
      h("p", {}, h("b", {}, named(team)), " asks to merge into your team. ", change("Take them in", () => post(`${path}/accept`, { team }), { question: ["Take ", named(team), " in? Its members and submissions become your team's, and quotas count those of both."], label: `Take ${team} in` })),
    ),
    each.merge_into
      ? h("p", {}, "Your team asks ", h("b", {}, named(each.merge_into)), " to take it in. ", change("Withdraw", () => remove(path)))
      : form([field("Team to merge into", "team", { required: true, maxlength: 80 })], "Ask to merge", async ({ team }) => show(await put(path, { team }))),
  ];
}

function known(me) {
  const others = Object.entries(data.open).filter(([slug]) => !me.competitions.some((each) => each.slug === slug));
  return [
    others.length ? h("p", {}, "Register for: ", others.map(([slug, name], index) => [index ? ", " : "", h("a", { href: `/register?competition=${slug}` }, named(name))])) : null,
    h("h2", {}, "E-mails"),
    h("p", {}, h("a", { href: "/account/notices" }, "Choose of what you get e-mails"), "."),
    h("h2", {}, "What is known of you"),
    h("p", {}, `You sign in as ${me.email}.`),
    form([field("Name", "name", { required: true, maxlength: 80, value: me.name })], "Change it", async ({ name }) => {
      show(await put("/me", { name }));
      done("Your name is changed.");
    }),
    h(
      "div",
      { class: "buttons" },
      h("a", { href: "/api/v1/me/export", download: "arena-account.json" }, "Download all of it"),
      action("Delete my account", async () => {
        await remove("/me");
        location.assign("/");
      }, { question: "Delete all that is known of you? Your tokens are revoked at once, and nobody can undo this. Scores stay, under your team's name.", kind: "danger" }),
    ),
  ];
}

function show(me) {
  byId("section").replaceChildren(
    h("h2", {}, "Competitions"),
    ...(me.competitions.length ? me.competitions.map(competition) : [h("p", { class: "quiet-text" }, "You are registered for none.")]),
    ...known(me).flat().filter(Boolean),
  );
}

async function load() {
  show(await get("/me"));
}

load().catch(fault);
