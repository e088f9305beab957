// One entry of the chat as elements.

import { button, icon, make } from "./dom.js";

const NUMBER = /^[\s\d０-９.．、)）【】[\]①-⑳]*$/;

const NAMES = { link: "链接", file: "文件", video: "视频", music: "音乐" };

export function entry(item, context) {
  if (item.side === "system" || item.kind === "error") return make("p", "note", item.body.text);
  const mine = item.side === "patient";
  const avatar = mine
    ? make("span", `avatar tone-${context.tone}`, context.nickname.slice(0, 1))
    : make("span", "avatar");
  avatar.setAttribute("aria-hidden", "true");
  const bubble = inside(item, context);
  bubble.prepend(make("span", "hidden", mine ? "我：" : `${context.account}：`));
  const row = make("div", `row ${item.side}`, avatar, bubble);
  row.dataset.id = item.id;
  return row;
}

function inside(item, context) {
  const body = item.body;
  switch (item.kind) {
    case "text":
    case "msgmenu":
      return body.parts ? spoken(body.parts, context) : make("div", "bubble", body.text);
    case "voice":
      return make("div", "bubble speech", make("b", "", icon("mic"), "语音"), make("span", "", body.text || "（没有识别出文字）"));
    case "image":
      return picture(body.sample ? "/phone/static/report.svg" : `/phone/media/${encodeURIComponent(body.media)}`);
    case "sticker":
      return make("div", "bubble big", make("span", "hidden", "表情"), icon("smile"));
    case "location":
      return make("div", "bubble with-icon", icon("pin"), body.text);
    case "link":
    case "file":
    case "video":
    case "music":
      return make("div", "bubble", `［${NAMES[item.kind]}］${body.text || body.title || ""}`);
    case "news":
      return news(body.articles[0]);
    case "notice":
      return notice(body);
  }
  return make("div", "bubble", `［${item.kind}］`);
}

// A text whose line is nothing but an option becomes a row that a thumb can hit.
function spoken(parts, context) {
  const bubble = make("div", "bubble");
  for (const line of lines(parts)) {
    const taps = line.filter((part) => "tap" in part);
    const only = taps.length === 1 && line.every((part) => "tap" in part || ("text" in part && NUMBER.test(part.text)));
    const row = make("div", only ? "option" : line.length ? "line" : "line empty");
    for (const part of line) row.append(piece(part, context, only));
    bubble.append(row);
  }
  return bubble;
}

function lines(parts) {
  const found = [[]];
  for (const part of parts) {
    if (!("text" in part)) {
      found.at(-1).push(part);
      continue;
    }
    part.text.split("\n").forEach((words, index) => {
      if (index) found.push([]);
      if (words) found.at(-1).push({ text: words });
    });
  }
  while (found.length > 1 && !found.at(-1).length) found.pop();
  return found;
}

function piece(part, context, alone) {
  if ("tap" in part) return button("tap", part.tap, () => context.tap(part));
  if ("link" in part) return webLink(part.href, part.link);
  return alone ? make("span", "", part.text.trim()) : part.text;
}

function webLink(href, words) {
  const link = make("a", "", words);
  link.href = href;
  if (!href.startsWith("tel:")) link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function picture(source) {
  const image = make("img");
  image.src = source;
  image.alt = "图片";
  image.addEventListener("load", () => dispatchEvent(new Event("resize"))); // it takes room only now
  return make("div", "bubble pic", image);
}

function notice(body) {
  const list = make("dl");
  for (const row of body.rows) list.append(make("dt", "", row.label), make("dd", "", row.value));
  const card = make("div", "bubble card", make("p", "source", body.from || "服务通知"), make("h2", "", body.title), list);
  if (/^https?:/.test(body.url)) card.append(webLink(body.url, "查看详情"));
  return card;
}

function news(article) {
  const card = make("div", "bubble card", make("h2", "", article.title), make("p", "", article.description));
  if (/^https?:/.test(article.url)) card.append(webLink(article.url, "阅读全文"));
  return card;
}
