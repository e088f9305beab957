// The chat log: bubbles in order, time separators, the typing indicator, and not losing one's place.

import { entry } from "./bubble.js";
import { $, make } from "./dom.js";
import { stamp } from "./times.js";

const GAP = 5 * 60 * 1000;

export class Chat {
  constructor(onTap) {
    this.log = $("log");
    this.onTap = onTap;
    this.dots = make("div", "row account", make("span", "avatar"), make("div", "bubble", make("span", "dots", make("i"), make("i"), make("i"))));
    this.dots.setAttribute("aria-hidden", "true");
    $("fresh").addEventListener("click", () => this.down());
    this.pinned = true;
    this.log.addEventListener("scroll", () => {
      this.pinned = this.atEnd();
      if (this.pinned) $("fresh").hidden = true;
    });
    addEventListener("resize", () => this.pinned && this.down()); // the keyboard came up, the letters grew
  }

  // Another patient's chat: what was said before is not read out again.
  open(patient, tone, account) {
    this.context = { tone, account, nickname: patient.nickname, tap: this.onTap };
    this.openid = patient.openid;
    this.last = 0;
    this.lastAt = 0;
    this.first = true;
    this.log.setAttribute("aria-live", "off");
    this.log.replaceChildren();
    $("fresh").hidden = true;
  }

  show(chat, now) {
    if (chat.openid !== this.openid) return;
    const follow = this.first || this.atEnd() || chat.bubbles.some((item) => item.side === "patient");
    const fresh = chat.bubbles.filter((item) => item.id > this.last);
    for (const item of fresh) this.add(item, now);
    this.typing(chat.waiting.length > 0);
    if (fresh.length && follow) this.down();
    else if (fresh.length) $("fresh").hidden = false;
    if (this.first) setTimeout(() => this.log.setAttribute("aria-live", "polite"), 300);
    this.first = false;
  }

  add(item, now) {
    const at = new Date(item.at);
    if (Math.abs(at - this.lastAt) > GAP) this.log.append(make("p", "stamp", stamp(at, now)));
    this.lastAt = at;
    this.last = item.id;
    this.log.append(entry(item, this.context));
  }

  typing(on) {
    const title = $("account");
    const words = on ? "对方正在输入…" : title.dataset.name;
    if (title.textContent !== words) title.textContent = words;
    if (on) {
      const follow = this.atEnd();
      if (this.dots !== this.log.lastElementChild) this.log.append(this.dots);
      if (follow) this.down();
    } else this.dots.remove();
  }

  atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 90;
  }

  down() {
    this.log.scrollTop = this.log.scrollHeight;
    $("fresh").hidden = true;
  }
}
