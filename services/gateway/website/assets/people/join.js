// Joins the team of an invitation.

import { post } from "../shared/api.js";
import { byId, pageData } from "../shared/dom.js";

byId("join").addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("fault").hidden = true;
  try {
    await post("/me/invitations", { link: pageData().link });
    location.assign("/account");
  } catch (problem) {
    byId("fault").textContent = problem.message;
    byId("fault").hidden = false;
  }
});
