// Saves each answer as it is given, and shows what it opens.  Without this file the two buttons do the same.
"use strict";

const form = document.querySelector("form[data-autosave]");
const at = (id) => document.getElementById(id);
if (form) begin();

function begin() {
  const touched = new Set(); // blocks changed since the last save was sent
  let saving = null;
  let again = false;
  let leaving = false;

  function save() {
    if (leaving) return;
    if (saving) {
      again = true;
      return;
    }
    touched.clear();
    at("saved").textContent = "正在存…";
    saving = send().then(show).catch(failed).finally(() => {
      saving = null;
      if (again) save();
      again = false;
    });
  }

  async function send() {
    const fields = new URLSearchParams([...new FormData(form), ["do", "auto"]]);
    const answer = await fetch(location.pathname, { method: "POST", body: fields, keepalive: true });
    if (answer.status >= 500 || answer.status === 413) throw new Error(`status ${answer.status}`);
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  function show(page) {
    if (!page.querySelector("form[data-autosave]")) {
      location.reload(); // handed in elsewhere, or over
      return;
    }
    const told = ["advice", "notes"].map((id) => at(id).textContent.trim());
    for (const id of ["advice", "notes", "seal", "progress"]) {
      at(id).replaceChildren(...page.getElementById(id).childNodes);
    }
    blocks(page);
    const news = ["advice", "notes"].find((id, n) => at(id).textContent.trim() && at(id).textContent.trim() !== told[n]);
    if (news) at(news).scrollIntoView({ block: "start" });
  }

  function blocks(page) {
    const kept = (old) => old.contains(document.activeElement) || touched.has(old.id);
    const wanted = [...page.querySelectorAll("#blocks > *")];
    const ids = new Set(wanted.map((block) => block.id));
    for (const old of [...at("blocks").children]) if (!ids.has(old.id)) old.remove();
    let last = null;
    for (const fresh of wanted) {
      const old = at(fresh.id);
      if (old && !kept(old)) old.replaceWith(fresh);
      if (!old && last) last.after(fresh);
      if (!old && !last) at("blocks").prepend(fresh);
      last = at(fresh.id);
    }
  }

  function alone(box) {
    if (box.type !== "checkbox" || !box.checked) return;
    for (const other of box.closest(".question").querySelectorAll("input[type=checkbox]:checked")) {
      if (other !== box && ("alone" in box.dataset || "alone" in other.dataset)) other.checked = false;
    }
  }

  function failed() {
    at("saved").textContent = "没有存上，请看看网络，过一会儿再试";
  }

  form.addEventListener("input", (event) => {
    const block = event.target.closest("#blocks > *");
    if (block) touched.add(block.id);
  });
  form.addEventListener("change", (event) => {
    alone(event.target);
    save();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input[type=text]")) return;
    event.preventDefault(); // the phone's 完成 hands nothing in
    event.target.blur();
  });
  form.addEventListener("submit", (event) => {
    leaving = true;
    if (!saving) return;
    event.preventDefault(); // its answer brings the number that the next request has to name
    saving.finally(() => form.requestSubmit(event.submitter));
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && touched.size) save();
  });
  addEventListener("pageshow", () => {
    leaving = false;
  });
  for (const field of form.querySelectorAll("#blocks input, #blocks textarea")) {
    if (changed(field)) touched.add(field.closest("#blocks > *").id);
  }
  if (touched.size) save(); // answered on a slow network, before this file had come
}

function changed(field) {
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}
