// Registers: a link goes to the address, or, for somebody who is signed in, at once.

import { post } from "../shared/api.js";
import { byId, keepFocus, pageData } from "../shared/dom.js";

const data = pageData();
const form = byId("register");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  for (const each of ["fault", "done"]) byId(each).hidden = true;
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    if (data.is_known) {
      await post(`/me/competitions/${data.slug}/registration`, { rules_version: data.rules_version });
      location.assign(data.return_to);
      return;
    }
    const sent = await post("/registrations", {
      competition: data.slug,
      email: byId("email").value.trim(),
      name: byId("name").value.trim(),
      rules_version: data.rules_version,
      return_to: data.return_to,
    });
    byId("done").textContent = sent.detail;
    byId("done").hidden = false;
  } catch (problem) {
    byId("fault").textContent = problem.message;
    byId("fault").hidden = false;
  }
  button.disabled = false;
  keepFocus(button);
});
