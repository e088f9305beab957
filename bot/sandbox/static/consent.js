// The subscription pop-up (订阅通知): ticked templates are accepted, the others declined; each 允许 is good for one message.

import { $, make } from "./dom.js";

export class Consent {
  constructor(send, complain) {
    this.send = send;
    this.complain = complain;
    this.offered = [];
    $("consent-yes").addEventListener("click", () => this.answer(true));
    $("consent-no").addEventListener("click", () => this.answer(false));
  }

  update(offered) {
    this.offered = offered;
  }

  open() {
    if (!this.offered.length) return this.complain(new Error("公众号没有可以订阅的通知"));
    $("consent-list").replaceChildren(...this.offered.map(choice));
    $("consent").showModal();
  }

  async answer(accept) {
    const answers = {};
    for (const box of $("consent-list").querySelectorAll("input")) {
      if (box.checked || !accept) answers[box.value] = accept;
    }
    $("consent").close();
    if (Object.keys(answers).length) await this.send("consent", { answers });
  }
}

function choice(one) {
  const box = make("input");
  box.type = "checkbox";
  box.value = one.id;
  const label = make("label", "", box, make("span", "", one.title), make("small", "", standing(one)));
  return make("li", "", label);
}

function standing(one) {
  if (one.long_term) return "长期有效";
  if (one.left) return `还可收 ${one.left} 条`;
  return one.lasting ? "长期订阅" : "一次性";
}
