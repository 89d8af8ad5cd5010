// Live figures: takes the counters from the stream (hx-sse dispatches its events here) and shows them. Data attributes
// say what goes where; without JavaScript the page has the figures of the moment it was made.
"use strict";

(() => {
  const source = document.querySelector("[data-live]");
  if (!source) return;
  const language = document.documentElement.lang;
  const numbers = new Intl.NumberFormat(language);
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const LEVELS = 4;
  const SILENCE = 60_000;
  const SENTENCES = 10_000;

  let counters = {};
  let asOf = null;
  let heard = Date.now();
  let connected = false;
  let told = 0;
  let waiting = null;

  const tally = (dimension, value) => counters[dimension]?.get(value) ?? { events: 0, announced: 0, actual: 0 };

  function figure(name) {
    const [dimension, value, which] = name.split("/");
    return tally(dimension, value)[which];
  }

  function take(document_, whole) {
    if (whole) counters = {};
    for (const [dimension, tallies] of Object.entries(document_.counters)) {
      const known = (counters[dimension] ??= new Map());
      for (const each of tallies) known.set(each.value, each);
    }
    asOf = new Date(document_.as_of);
    heard = Date.now();
    connected = true;
    waiting ??= requestAnimationFrame(show);
  }

  function show() {
    waiting = null;
    if (paused()) return;
    for (const place of document.querySelectorAll("[data-figure]"))
      write(place, numbers.format(figure(place.dataset.figure)));
    for (const place of document.querySelectorAll("[data-words]"))
      place.textContent = worded(place, figure(place.dataset.words));
    for (const group of document.querySelectorAll("[data-bars]")) bars(group);
    for (const map of document.querySelectorAll("[data-map]")) paint(map);
    status();
  }

  function write(place, text) {
    if (place.textContent === text) return;
    place.textContent = text;
    place.classList.remove("moved");
    void place.offsetWidth;
    place.classList.add("moved");
  }

  function bars(group) {
    const dimension = group.dataset.bars;
    const rows = [...group.querySelectorAll("[data-bar]")];
    const most = Math.max(1, ...rows.map((row) => tally(dimension, row.dataset.bar).events));
    for (const row of rows) {
      const { events } = tally(dimension, row.dataset.bar);
      row.setAttribute("width", String((100 * events) / most));
    }
  }

  function paint(map) {
    const counts = counters.departement ?? new Map();
    const known = [...counts.values()].filter((each) => each.value !== "unknown").map((each) => each.events);
    const most = Math.max(0, ...known);
    for (const area of map.querySelectorAll("[data-area]")) {
      const { events } = tally("departement", area.dataset.area);
      const level = events > 0 && most > 0 ? Math.max(1, Math.ceil(LEVELS * Math.sqrt(events / most))) : 0;
      area.setAttribute("class", area.getAttribute("class").replace(/level-\d/, `level-${level}`));
      const title = area.querySelector("title");
      if (title) title.textContent = `${title.textContent.split(" – ")[0]} – ${worded(map, events)}`;
    }
    for (const place of map.querySelectorAll("[data-area-number]"))
      write(place, numbers.format(tally("departement", place.dataset.areaNumber).events));
  }

  function worded(place, number) {
    const one = language === "fr" ? number < 2 : number === 1;
    return (one ? place.dataset.one : place.dataset.other).replace("{number}", numbers.format(number));
  }

  function spokenFigure(name) {
    const words = document.querySelector(`[data-words="${name}"]`);
    return `${numbers.format(figure(name))} ${worded(words, figure(name)).toLowerCase()}`;
  }

  function status() {
    for (const place of document.querySelectorAll("[data-live-status]")) {
      if (!asOf) continue;
      const text = connected ? source.dataset.liveText : source.dataset.staleText;
      place.textContent = text.replace("{time}", clock.format(asOf));
      place.closest(".live-state")?.classList.toggle("stale", !connected);
    }
    const spoken = document.querySelector("[data-live-spoken]");
    if (spoken && (Date.now() - told > SENTENCES)) {
      told = Date.now();
      spoken.textContent = `${spokenFigure("total/all/events")}, ${spokenFigure("total/all/announced")}.`;
    }
  }

  function lost() {
    connected = false;
    status();
  }

  // Whoever wants a still page has one, and it says of when it is.
  const button = document.querySelector("[data-live-pause]");
  const paused = () => button?.getAttribute("aria-pressed") === "true";
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(!paused()));
      if (!paused()) show();
    });
  }

  source.addEventListener("snapshot", (event) => take(JSON.parse(event.detail.data), true));
  source.addEventListener("change", (event) => event.detail?.data && take(JSON.parse(event.detail.data), false));
  source.addEventListener("htmx:sse:error", lost);
  source.addEventListener("htmx:sse:close", lost);
  source.addEventListener("htmx:sse:before:connection", (event) => event.detail.connection.attempt > 0 && lost());
  source.addEventListener("htmx:sse:after:connection", () => {
    connected = true;
    heard = Date.now();
    status();
  });

  // A line that is dead without having been closed says nothing: ask another way whether silence is the truth.
  setInterval(async () => {
    if (document.hidden || Date.now() - heard < SILENCE) return;
    try {
      const answer = await fetch(source.dataset.liveCheck, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const counted = await answer.json();
      take(counted, false);
    } catch {
      lost();
    }
  }, SILENCE / 4);
})();
