// Keys for the committee, who decide hundreds of events: they move, tick and go to buttons, and never decide by
// themselves. Nothing happens while somebody writes, with a modifier, or when they are switched off.
"use strict";

(() => {
  const OFF = "committee-keys";
  const rows = [...document.querySelectorAll("[data-row]")];
  let off = localStorage.getItem(OFF) === "off";

  const switch_ = document.querySelector("[data-keys-switch]");
  if (switch_) {
    const box = switch_.querySelector("input");
    switch_.hidden = false;
    box.checked = !off;
    box.addEventListener("change", () => {
      off = !box.checked;
      localStorage.setItem(OFF, off ? "off" : "on");
    });
  }

  const writes = (target) =>
    target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type));

  const here = () => rows.findIndex((row) => row.contains(document.activeElement));

  function move(step) {
    const at = here();
    const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1);
    rows[to].querySelector("a").focus();
    rows[to].scrollIntoView({ block: "nearest" });
  }

  function tick() {
    const box = rows[here()]?.querySelector("[name=event_ids]");
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function press(key) {
    const target = document.querySelector(`[data-key="${key}"]`);
    if (!target) return false;
    // What decides is only reached: pressing it stays a choice.
    if (target.name === "verdict") target.focus();
    else target.click();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (off || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || writes(event.target)) return;
    if (rows.length && event.key === "j") move(1);
    else if (rows.length && event.key === "k") move(-1);
    else if (rows.length && event.key === "x") tick();
    else if (!/^[a-z]$/.test(event.key) || !press(event.key)) return;
    event.preventDefault();
  });

  // How many are ticked.
  const told = document.querySelector("[data-ticked]");
  if (told) {
    const count = () => {
      const number = document.querySelectorAll("[name=event_ids]:checked").length;
      const { none, one, other } = told.dataset;
      told.textContent = number === 0 ? none : number === 1 ? one : other.replace("#", number);
    };
    document.addEventListener("change", count);
    window.addEventListener("pageshow", count);
    count();
  }

  // From an error to its line of the text.
  const text = document.querySelector("[data-code]");
  for (const link of document.querySelectorAll("[data-line]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const lines = text.value.split("\n");
      const begin = lines.slice(0, link.dataset.line - 1).join("\n").length + (link.dataset.line > 1 ? 1 : 0);
      text.focus();
      text.setSelectionRange(begin, begin + lines[link.dataset.line - 1].length);
      text.scrollTop = (text.scrollHeight / lines.length) * Math.max(link.dataset.line - 5, 0);
    });
  }

  // Filters answer at once.
  for (const form of document.querySelectorAll("[data-filters]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
})();
