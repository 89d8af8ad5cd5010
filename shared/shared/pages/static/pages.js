// What every page does beyond its HTML. All of it can be missing: pages work without.
"use strict";

(() => {
  // After a form with faults, read them first.
  document.querySelector("[data-focus]")?.focus();

  // A mailed link carries its code behind the #, which no server and no mail scanner sees: into the field with it.
  const field = document.querySelector("[data-from-fragment]");
  if (field && location.hash.length > 1) {
    field.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname + location.search);
    field.form.querySelector("button")?.focus();
  }

  // A form sent twice by a double click is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    // Where the answer is a file, the page stays, and its form can be sent again.
    setTimeout(() => delete form.dataset.sent, 3_000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
})();
