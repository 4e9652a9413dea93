// The rules: dates in the reader's time zone, and a search for packages.

const DATE = new Intl.DateTimeFormat(undefined, {
  weekday: "long", year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

for (const element of document.querySelectorAll("time")) {
  element.title = element.dateTime;
  element.textContent = DATE.format(new Date(element.dateTime));
}

const filter = document.getElementById("filter");
const found = document.getElementById("found");
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
  else found.textContent = "The image does not have it; put its wheel into the zip, as arena pack does.";
});
