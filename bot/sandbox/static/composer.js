// Typing and sending; Enter sends, Shift+Enter breaks the line, an input method's Enter does neither.

import { ask } from "./ask.js";
import { $ } from "./dom.js";

export class Composer {
  constructor(send) {
    this.send = send;
    this.words = $("words");
    this.words.addEventListener("input", () => this.refresh());
    this.words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    $("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    $("voice").addEventListener("click", () => this.voice());
    $("more").addEventListener("click", () => this.extras($("extras").hidden));
    for (const element of document.querySelectorAll("[data-send]")) {
      element.addEventListener("click", () => this.other(element.dataset.send));
    }
  }

  async submit() {
    const text = this.words.value;
    if (!text.trim()) return;
    this.words.value = "";
    this.refresh();
    if (!(await this.send("say", { text })) && !this.words.value) this.words.value = text; // nothing typed is lost
    this.refresh();
    this.words.focus();
  }

  async voice() {
    const recognition = await ask({
      title: "发送语音", label: "对着手机说的话（留空：没有识别出文字）", yes: "发送", value: this.words.value,
    });
    if (recognition === null) return;
    if (await this.send("send", { kind: "voice", recognition })) this.words.value = "";
    this.refresh();
  }

  other(kind) {
    this.extras(false);
    this.send("send", { kind });
    this.words.focus();
  }

  extras(shown) {
    $("extras").hidden = !shown;
    $("more").setAttribute("aria-expanded", String(shown));
    if (shown) $("extras").querySelector("button").focus();
  }

  refresh() {
    const typed = this.words.value.trim() !== "";
    $("send").hidden = !typed;
    $("more").hidden = typed;
    if (typed) this.extras(false);
  }
}
