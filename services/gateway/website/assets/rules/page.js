// The rules: a search for packages. Dates are put into the reader's time zone by dom.js.

import { byId } from "../shared/dom.js";

const filter = byId("filter");
const found = byId("found");
const packages = [...document.querySelectorAll("#packages-list li")];

filter.parentElement.hidden = false; // without a script it would do nothing
filter.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  let matches = 0;
  for (const each of packages) {
    each.hidden = !each.firstElementChild.textContent.toLowerCase().includes(wanted);
    if (!each.hidden) matches += 1;
  }
  if (!wanted) found.textContent = "";
  else if (matches) found.textContent = `${matches} of ${packages.length} packages`;
  else found.textContent = "No environment here has it; put its wheel into the zip, as arena pack does.";
});
