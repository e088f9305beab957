// The demo's own controls: clock, large text, and the panels of a narrow screen.

import { act } from "./api.js";
import { $ } from "./dom.js";
import { calendar, hours, moved } from "./times.js";

export function ready(complain, refresh) {
  for (const element of document.querySelectorAll("[data-clock]")) {
    element.addEventListener("click", async () => {
      const span = element.dataset.clock;
      try {
        await act("clock", span === "reset" ? { reset: true } : { advance: span });
        await refresh();
      } catch (error) {
        complain(error);
      }
    });
  }
  largeText();
  panels();
}

export function showClock(clock) {
  const now = new Date(clock.now);
  $("clock").hidden = clock.moved === null;
  $("now").textContent = hours(now);
  $("now").dateTime = clock.now;
  $("today").textContent = calendar(now);
  $("moved").textContent = moved(clock.moved || 0);
}

function largeText() {
  const box = $("large");
  const apply = () => {
    document.documentElement.toggleAttribute("data-large", box.checked);
    dispatchEvent(new Event("resize"));
  };
  box.checked = localStorage.getItem("large") === "1";
  box.addEventListener("change", () => {
    localStorage.setItem("large", box.checked ? "1" : "0");
    apply();
  });
  apply();
}

function panels() {
  for (const opener of document.querySelectorAll("[data-open]")) {
    opener.addEventListener("click", () => {
      const panel = $(opener.dataset.open);
      panel.dataset.shown = "";
      panel.opener = opener;
      panel.querySelector("button").focus();
    });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open]")) return;
    const inside = event.target.closest(".panel");
    if (!inside || event.target.closest("[data-close]")) closePanels();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && closePanels());
}

export function closePanels() {
  for (const panel of document.querySelectorAll(".panel[data-shown]")) {
    delete panel.dataset.shown;
    panel.opener?.focus();
  }
}
