// Those who have registered: whoever waits for approval comes first.

import { getAll, post } from "../shared/api.js";
import { chip, pageData, time } from "../shared/dom.js";
import { action, done, fault, part, table } from "./console.js";

const data = pageData();
const path = `/admin/competitions/${encodeURIComponent(data.slug)}/people`;

function decide(each, title, what, options = {}) {
  return action(title, async () => {
    const decided = await post(`${path}/${each.id}/${what}`);
    done(`${decided.email} is ${decided.state}, and is told by e-mail.`);
    await load();
  }, { label: `${title} ${each.email}`, ...options });
}

const people = part("", (list) =>
  table(
    "People",
    ["Name", "E-mail address", "State", "Team", "Registered", ["Actions", "actions"]],
    list.map((each) => [
      each.name || "–",
      each.email,
      chip(each.state),
      each.team ?? "–",
      time(each.created_at),
      [
        each.state === "approved" ? "" : decide(each, "Approve", "approve"),
        " ",
        each.state === "refused" ? "" : decide(each, "Refuse", "refuse", { kind: "danger", question: `Refuse ${each.email}? They leave their team, and their tokens are revoked.` }),
      ],
    ]),
    "Nobody has registered.",
  ),
);

async function load() {
  const list = await getAll(path, "people");
  people([...list.filter((each) => each.state === "waiting"), ...list.filter((each) => each.state !== "waiting")]);
}

load().catch(fault);
