// The SMS that went out, newest first: to any number, since a chat does not know whose phone it is.

import { $, make } from "./dom.js";
import { stamp } from "./times.js";

let drawn = "";

export function showSms(found, now) {
  $("sms").hidden = !found.length;
  const fresh = found.map((one) => one.id).join();
  if (fresh === drawn) return;
  drawn = fresh;
  $("sms-list").replaceChildren(...found.map((one) => row(one, now)));
}

function row(one, now) {
  const head = make("p", "fine", `${one.phone} · ${stamp(new Date(one.at), now)}`);
  return make("li", "", head, make("p", "", one.text));
}
