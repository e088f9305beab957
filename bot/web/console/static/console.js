// What pages need beside htmx: the menu on small screens, countdowns, "are you sure", a busy button, going to sign in.
"use strict";

(() => {
  const offset = () => {
    const told = document.querySelector('meta[name="server-now"]');
    return told ? Date.parse(told.content) - loaded : 0;
  };
  const loaded = Date.now();

  const span = (seconds) => {
    const days = Math.floor(seconds / 86400), hours = Math.floor(seconds / 3600) % 24;
    const minutes = Math.floor(seconds / 60) % 60;
    if (days) return hours ? `${days} 天 ${hours} 小时` : `${days} 天`;
    if (hours) return minutes ? `${hours} 小时 ${minutes} 分` : `${hours} 小时`;
    return minutes ? `${minutes} 分钟` : `${seconds} 秒`;
  };

  const tick = () => {
    const now = Date.now() + offset();
    for (const each of document.querySelectorAll("time[data-deadline]")) {
      const left = Math.round((Date.parse(each.dateTime) - now) / 1000);
      each.textContent = left > 0 ? `还剩 ${span(left)}` : `已超时 ${span(-left)}`;
      each.classList.toggle("late", left <= 0);
    }
  };
  setInterval(tick, 1000);
  tick();

  const sheets = () => {  // a table that scrolls in itself has to be reached by keyboard
    for (const each of document.querySelectorAll(".sheet")) {
      if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
      else each.removeAttribute("tabindex");
    }
  };
  sheets();
  window.addEventListener("resize", sheets);
  document.addEventListener("htmx:afterSwap", () => { sheets(); tick(); });

  document.addEventListener("click", (event) => {
    const menu = event.target.closest("[data-menu]");
    if (menu) {
      const open = document.getElementById(menu.dataset.menu).classList.toggle("open");
      menu.setAttribute("aria-expanded", String(open));
    }
    if (event.target.closest("[data-print]")) window.print();
  });

  let told = Date.now();
  document.addEventListener("input", () => {  // who types is there: the session goes on
    if (Date.now() - told < 60_000) return;
    told = Date.now();
    fetch("/console/alive", { redirect: "manual" }).catch(() => {});
  });

  document.addEventListener("change", (event) => {  // a usual answer goes into the field, to be changed there
    const field = event.target.dataset.fill && document.getElementById(event.target.dataset.fill);
    if (field && event.target.value) {
      field.value = [field.value, event.target.value].filter(Boolean).join("\n").slice(0, field.maxLength);
      event.target.selectedIndex = 0;
      field.focus();
    }
  });

  document.addEventListener("submit", (event) => {
    const asked = event.submitter?.dataset.confirm || event.target.dataset.confirm;
    if (asked && !window.confirm(asked)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const button = event.submitter;
    const saves = event.target.matches("[hx-post], [hx-get]") || "autosave" in event.target.dataset || "download" in event.target.dataset;  // they wait by themselves, or stay
    if (button && !saves) {
      button.setAttribute("aria-busy", "true");  // a second press sends nothing
      setTimeout(() => { button.disabled = true; });
    }
  }, true);

  window.addEventListener("pageshow", (event) => {  // back from the next page: press again
    if (event.persisted) {
      for (const each of document.querySelectorAll("[aria-busy]")) {
        each.removeAttribute("aria-busy");
        each.disabled = false;
      }
    }
  });

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf"]');
    if (token) event.detail.headers["X-CSRF-Token"] = token.content;
    if (event.detail.triggeringEvent === undefined || event.target.closest("[data-background]")) {
      event.detail.headers["X-Background"] = "1";
    }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {  // problems are pages too
    if (event.detail.xhr.status >= 400 && event.detail.xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
  });
  document.addEventListener("htmx:sendError", () => {
    const messages = document.getElementById("messages");
    if (messages) {
      const told = document.createElement("div");
      told.className = "message bad";
      told.setAttribute("role", "alert");
      told.textContent = "网络不通，刚才的内容没有更新。请检查网络后再试。";
      messages.replaceChildren(told);
    }
  });
})();
