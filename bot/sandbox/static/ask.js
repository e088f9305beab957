// One question in a dialog: resolves to the words, or null when it was put away.

import { $, make } from "./dom.js";

export function ask({ title, label, yes, value = "", options = [] }) {
  const dialog = $("ask");
  const words = $("ask-words");
  $("ask-title").textContent = title;
  $("ask-label").textContent = label;
  $("ask-yes").textContent = yes;
  words.value = value;
  $("ask-list").replaceChildren(...options.map((option) => Object.assign(make("option"), { value: option })));
  dialog.returnValue = "";
  dialog.showModal();
  words.select();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === "yes" ? words.value.trim() : null);
  });
}

export function ready() {
  const dialog = $("ask");
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close("yes");
  });
  $("ask-no").addEventListener("click", () => dialog.close(""));
}
