// The organiser's space: the check against the charter while writing, names found at the door, and what was not saved.
"use strict";

// While an event is written: what would be missing for the label, asked of the charter's own service.
(() => {
  const panel = document.querySelector("[data-check]");
  if (!panel) return;
  const summary = panel.querySelector("[data-check-summary]");
  const progress = panel.querySelector("[data-check-progress]");
  const list = panel.querySelector("[data-check-list]");
  const texts = panel.dataset;
  const language = document.documentElement.lang;
  const fields = {
    audience: "audience",
    completeness: "title",
    free_of_charge: "price_cents",
    label_window: "slots.0.day",
    relevance: "description",
    territory: "place.postcode",
  };
  let asked = 0;
  let last = "";

  function element(name, text, attributes = {}) {
    const made = Object.assign(document.createElement(name), attributes);
    made.textContent = text;
    return made;
  }

  function item(missing) {
    const line = document.createElement("li");
    line.append(element("p", missing.found[language]), element("p", missing.remedy[language], { className: "remedy" }));
    if (fields[missing.criterion]) {
      const link = element("a", texts.go, { href: `#${fields[missing.criterion]}` });
      link.append(element("span", ` – ${missing.remedy[language]}`, { className: "unseen" }));
      line.append(link);
    }
    return line;
  }

  function show(answer) {
    const { missing, criteria } = answer;
    const met = criteria.filter((each) => each.outcome === "met").length;
    const said = missing.length === 0 ? texts.none : missing.length === 1 ? texts.one : texts.other;
    summary.textContent = said.replace("{number}", missing.length);
    panel.classList.toggle("check-good", missing.length === 0);
    progress.hidden = false;
    progress.querySelector("progress").max = criteria.length;
    progress.querySelector("progress").value = met;
    progress.querySelector("p").textContent = texts.met.replace("{met}", met).replace("{all}", criteria.length);
    list.hidden = missing.length === 0;
    list.replaceChildren(...missing.map(item));
  }

  async function check() {
    const content = panel.querySelector("[data-content]")?.dataset.content;
    if (!content || content === last) return;
    last = content;
    const number = ++asked;
    let answer = null;
    try {
      const response = await fetch(texts.check, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: content,
      });
      if (response.ok) answer = await response.json();
    } catch {
      // Not reachable: said below.
    }
    if (number !== asked) return;
    if (answer) show(answer);
    else {
      last = "";
      summary.textContent = texts.away;
    }
  }

  document.addEventListener("htmx:after:swap", check);
  check();
})();

// At the door: the list narrows to the names that are looked for. They are nobody else's business, so no server is asked.
(() => {
  const filter = document.querySelector("[data-filter]");
  if (!filter) return;
  const list = document.querySelector(filter.dataset.filter);
  const status = filter.querySelector("[role=status]");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  filter.hidden = false;
  filter.querySelector("input").addEventListener("input", (event) => {
    const words = plain(event.target.value).split(/\s+/);
    let found = 0;
    for (const line of list.children) {
      line.hidden = !words.every((word) => plain(line.dataset.name).includes(word));
      if (!line.hidden) found += 1;
    }
    status.textContent = found === 0 ? filter.dataset.nobody : "";
  });
})();

// What could not be saved is said, until something could be again.
(() => {
  const told = document.querySelector("[data-failed]");
  if (!told) return;
  for (const name of ["htmx:error", "htmx:response:error"]) {
    document.addEventListener(name, () => (told.hidden = false));
  }
  document.addEventListener("htmx:after:swap", () => (told.hidden = true));
})();
