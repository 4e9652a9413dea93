// Switches kinds of e-mail on and off.

import { put } from "../shared/api.js";
import { byId } from "../shared/dom.js";

function show(id, text) {
  for (const each of ["fault", "done"]) byId(each).hidden = each !== id;
  byId(id).textContent = text;
}

byId("notices").addEventListener("submit", async (event) => {
  event.preventDefault();
  const boxes = [...event.target.querySelectorAll("input")];
  try {
    await put("/me/notices", { emails: Object.fromEntries(boxes.map((box) => [box.name, box.checked])) });
    show("done", "Saved.");
  } catch (problem) {
    show("fault", problem.message);
  }
});
