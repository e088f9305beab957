// The account's menu at the bottom, with its sub-menus and the keyboard toggle.

import { $, button, icon, make } from "./dom.js";

export class Menu {
  constructor(onTap) {
    this.onTap = onTap;
    this.version = null;
    this.shown = false;
    $("to-menu").addEventListener("click", () => this.toggle(true));
    document.addEventListener("click", (event) => this.openBy && !event.target.closest(".foot") && this.close());
    $("sub").addEventListener("keydown", (event) => this.keys(event));
  }

  update(menu) {
    const version = menu ? menu.version : null;
    if (version === this.version) return;
    this.version = version;
    this.close();
    const toKeys = button("icon", icon("keys"), () => this.toggle(false));
    toKeys.setAttribute("aria-label", "切换到键盘");
    $("menubar").replaceChildren(toKeys, ...(menu ? menu.button : []).map((item) => this.entry(item)));
    this.refresh();
  }

  allow(following) {
    this.following = following;
    this.refresh();
  }

  toggle(shown) {
    this.shown = shown;
    this.close();
    this.refresh();
    if (shown) $("menubar").querySelector(".entry")?.focus();
    else $("words").focus();
  }

  refresh() {
    const there = this.version !== null && this.following;
    $("to-menu").hidden = !there;
    $("menubar").hidden = !(there && this.shown);
    $("composer").hidden = !this.following || (there && this.shown);
    if ($("composer").hidden) $("extras").hidden = true;
  }

  entry(item) {
    const subs = item.sub_button || [];
    const element = button(`entry${subs.length ? " has-sub" : ""}`, item.name, () =>
      subs.length ? this.open(element, subs) : this.tap(item),
    );
    if (subs.length) {
      element.setAttribute("aria-haspopup", "true");
      element.setAttribute("aria-expanded", "false");
    }
    return element;
  }

  open(element, subs) {
    const again = this.openBy === element;
    this.close();
    if (again) return;
    const sub = $("sub");
    sub.replaceChildren(...subs.map((item) => button("", item.name, () => this.tap(item))));
    sub.setAttribute("aria-label", `${element.textContent}的子菜单`);
    sub.hidden = false;
    const foot = element.closest(".foot").getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const left = box.left - foot.left + box.width / 2 - sub.offsetWidth / 2;
    sub.style.left = `${Math.max(8, Math.min(left, foot.width - sub.offsetWidth - 8))}px`;
    element.setAttribute("aria-expanded", "true");
    this.openBy = element;
    sub.firstElementChild.focus();
  }

  close() {
    if (!this.openBy) return;
    $("sub").hidden = true;
    this.openBy.setAttribute("aria-expanded", "false");
    this.openBy = null;
  }

  keys(event) {
    const items = [...$("sub").children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
    } else if (event.key === "Escape") {
      const opener = this.openBy;
      this.close();
      opener.focus();
    }
  }

  tap(item) {
    const opener = this.openBy;
    this.close();
    opener?.focus();
    this.onTap(item);
  }
}
