// The phone: ties the parts together and asks the sandbox once a second what is new.

import { act, get } from "./api.js";
import { ask, ready as askReady } from "./ask.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Consent } from "./consent.js";
import { $ } from "./dom.js";
import { Menu } from "./menu.js";
import { People, tone } from "./people.js";
import { showSms } from "./sms.js";
import { closePanels, ready as toolsReady, showClock } from "./tools.js";

const CALM = 1000;
const EAGER = 150;
const HIDDEN = 5000;

let chosen = localStorage.getItem("patient") || "";
let state = null;
let timer = 0;

const chat = new Chat((part) => send("say", { text: part.content, menu_id: part.id }));
const composer = new Composer(send);
const people = new People(choose);
const consent = new Consent(send, complain);
const menu = new Menu((item) => {
  const url = item.type === "view" ? item.url : "";
  if (url) window.open(url, "_blank", "noopener");
  return send("menu", { type: item.type, key: url || item.key });
});

async function send(action, given) {
  try {
    await meet();
    await act(action, { openid: chosen, ...given });
  } catch (error) {
    complain(error);
    return false;
  }
  await refresh();
  return true;
}

async function refresh() {
  clearTimeout(timer);
  let pause = document.hidden ? HIDDEN : CALM;
  try {
    const asked = chosen;
    const answer = await get("state", { openid: asked, after: chat.last || 0 });
    calm();
    if (asked === chosen) await show(answer);
    if (answer.chat.waiting.length) pause = EAGER;
  } catch (error) {
    complain(error, "连接中断，正在重连…");
  }
  clearTimeout(timer);
  timer = setTimeout(refresh, pause);
}

async function show(answer) {
  state = answer;
  const mine = answer.patients.find((one) => one.openid === chosen);
  if (!mine) return choose(answer.patients[0].openid);
  if (chat.openid !== chosen) enter(mine);
  chat.show(answer.chat, new Date(answer.clock.now));
  people.update(answer.patients, chosen);
  menu.update(answer.menu);
  consent.update(answer.subscriptions);
  menu.allow(Boolean(mine.following) || !mine.met);
  $("follow").hidden = Boolean(mine.following) || !mine.met;
  $("unfollow").hidden = $("subscribe").hidden = !mine.following;
  showClock(answer.clock);
  showSms(answer.sms, new Date(answer.clock.now));
  await meet();
}

// Who opens the chat for the first time follows the account before they say anything, however quick they are.
async function meet() {
  const mine = state?.patients.find((one) => one.openid === chosen);
  if (mine && !mine.met) await act("open", { openid: chosen });
}

function enter(patient) {
  chat.open(patient, tone(state.patients.indexOf(patient)), state.account);
  $("who").textContent = `${patient.nickname}的手机`;
}

async function choose(openid) {
  closePanels();
  chosen = openid;
  localStorage.setItem("patient", openid);
  const patient = state.patients.find((one) => one.openid === openid);
  if (patient) enter(patient);
  await refresh();
  if (!$("composer").hidden && matchMedia("(pointer: fine)").matches) $("words").focus(); // no keyboard pops up
}

async function newPatient() {
  const nickname = await ask({ title: "新患者", label: "微信昵称", yes: "添加" });
  if (!nickname) return;
  try {
    const made = await act("patients", { nickname });
    state = await get("state", { openid: made.openid, after: 0 });
    await choose(made.openid);
  } catch (error) {
    complain(error);
  }
}

async function scan() {
  closePanels();
  const scene = await ask({
    title: "扫一扫", label: "二维码的场景值", yes: "扫描",
    value: "book:department:心血管内科", options: state ? state.scenes : [],
  });
  if (scene) await send("scan", { scene });
}

function complain(error, words) {
  $("banner").textContent = error instanceof TypeError ? "连接中断，正在重连…" : words || error.message;
  $("banner").hidden = false;
  clearTimeout(complain.timer);
  complain.timer = setTimeout(() => ($("banner").hidden = true), 6000);
}

function calm() {
  if (!$("banner").hidden && $("banner").textContent.startsWith("连接中断")) $("banner").hidden = true;
}

askReady();
toolsReady(complain, refresh);
$("new-patient").addEventListener("click", newPatient);
$("follow").addEventListener("click", () => send("follow", {}));
$("subscribe").addEventListener("click", () => {
  closePanels();
  consent.open();
});
$("unfollow").addEventListener("click", () => {
  closePanels();
  send("unfollow", {});
});
for (const element of document.querySelectorAll('[data-act="scan"]')) element.addEventListener("click", scan);
document.addEventListener("visibilitychange", () => !document.hidden && refresh());
composer.refresh();
refresh();
