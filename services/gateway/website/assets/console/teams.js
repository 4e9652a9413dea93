// Teams and tokens. A token is shown once, when it is created.

import { getAll, post, remove } from "../shared/api.js";
import { action, choice, done, fault, field, form, part, table } from "./console.js";
import { byId, h, pageData, time } from "../shared/dom.js";

const data = pageData();
const RUNNER = "blobs:read";
const path = `/admin/competitions/${encodeURIComponent(data.slug)}`;

function showToken(whose, token) {
  const copy = action("Copy", () => navigator.clipboard.writeText(token));
  done(h("p", {}, `The token of ${whose}. It is shown this once; whoever has it is ${whose}.`), h("div", { class: "token" }, h("code", { id: "token" }, token), copy));
  byId("done").scrollIntoView({ block: "nearest" });
}

const teams = part("Teams", (list) =>
  table(
    "Teams",
    ["Team", ["Submissions", "number"], "Last one", "Since", ["Actions", "actions"]],
    list.map((each) => [
      h("b", {}, each.name),
      String(each.submissions),
      time(each.submitted_at),
      time(each.created_at),
      action("New token", async () => {
        const made = await post(`${path}/teams/${encodeURIComponent(each.name)}/token`);
        showToken(each.name, made.token);
        load();
      }, { question: `Give ${each.name} a new token? All tokens that it has are revoked.`, label: `New token for ${each.name}` }),
    ]),
    "Nobody takes part yet.",
  ),
);

byId("section").append(
  form([field("Name", "name", { required: true, maxlength: 60 })], "Create a team", async ({ name }, element) => {
    const made = await post(`${path}/teams`, { name });
    element.reset();
    showToken(made.team, made.token);
    await load();
  }),
);

const tokens = part("Tokens", (list) =>
  table(
    "Tokens",
    ["Whose", "Name", "May", "Made", "State", ["Actions", "actions"]],
    list.map((each) => {
      const whose = each.role === "team" ? `${each.team} (${each.competition})` : each.role;
      return [
        whose,
        each.name || "–",
        each.scopes.join(", "),
        time(each.created_at),
        each.revoked_at ? ["revoked ", time(each.revoked_at)] : "good",
        each.revoked_at
          ? ""
          : action("Revoke", async () => {
              await remove(`/admin/tokens/${each.id}`);
              done("The token is no longer valid.");
              await load();
            }, { question: `Revoke this token of ${whose}? Whoever signed in with it is signed out.`, kind: "danger", label: `Revoke a token of ${whose}` }),
      ];
    }),
  ),
);

byId("section").append(
  form(
    [field("Name", "name", { maxlength: 80 }), choice("May", "scopes", [["read", "look"], ["read manage", "look, manage"], ["read manage accounts", "everything"], [RUNNER, "fetch blobs (for runners)"]])],
    "Make an organizer's or a runner's token",
    async ({ name, scopes }) => {
      const isRunner = scopes === RUNNER;
      const made = isRunner ? await post("/admin/runner-tokens", { name }) : await post("/admin/tokens", { name, scopes: scopes.split(" ") });
      showToken(isRunner ? "a runner" : "an organizer", made.token);
      await load();
    },
  ),
);

async function load() {
  const [list, all] = await Promise.all([getAll(`${path}/teams`, "teams"), getAll("/admin/tokens", "tokens")]);
  teams(list);
  tokens(all.filter((each) => each.role !== "team" || each.competition === data.slug));
}

load().catch(fault);
