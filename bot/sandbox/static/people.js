// The patients beside the phone: who is talking, who has news.

import { $, button, make } from "./dom.js";

export const tone = (index) => index % 5;

export class People {
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.seen = {};
    this.drawn = "";
  }

  update(patients, chosen) {
    for (const one of patients) {
      if (one.openid === chosen || !(one.openid in this.seen)) this.seen[one.openid] = one.last || 0;
    }
    const rows = patients.map((one) => ({ ...one, news: (one.last || 0) > this.seen[one.openid] }));
    $("unread").hidden = !rows.some((one) => one.news);
    const drawn = JSON.stringify([rows, chosen]);
    if (drawn === this.drawn) return; // redrawing would take the focus away
    this.drawn = drawn;
    const focused = document.activeElement?.closest?.(".person")?.dataset.openid;
    $("people-list").replaceChildren(...rows.map((one, index) => this.row(one, index, chosen)));
    if (focused) document.querySelector(`.person[data-openid="${CSS.escape(focused)}"]`)?.focus();
  }

  row(one, index, chosen) {
    const avatar = make("span", `avatar tone-${tone(index)}`, one.nickname.slice(0, 1));
    avatar.setAttribute("aria-hidden", "true");
    const state = one.following ? "已关注" : one.met ? "已取消关注" : "还没打开过";
    const name = make("span", "name", one.nickname, make("small", "", state));
    const element = button("person", avatar, () => this.onChoose(one.openid));
    element.append(name);
    element.dataset.openid = one.openid;
    if (one.openid === chosen) element.setAttribute("aria-current", "true");
    if (one.news) element.append(make("span", "dot"), make("span", "hidden", "有新消息"));
    return make("li", "", element);
  }
}
