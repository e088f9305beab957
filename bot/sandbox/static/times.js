// Times as a phone in Shanghai shows them, by the demo's clock.

const ZONE = "Asia/Shanghai";
const day = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE });
const clock = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hour12: false });
const date = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "long", day: "numeric", weekday: "long" });

export const hours = (moment) => clock.format(moment);
export const calendar = (moment) => date.format(moment).replace(/日(?=星)/, "日 ");

export function stamp(moment, now) {
  const gone = Math.round((Date.parse(day.format(now)) - Date.parse(day.format(moment))) / 86400000);
  if (gone === 0) return hours(moment);
  if (gone === 1) return `昨天 ${hours(moment)}`;
  return `${calendar(moment)} ${hours(moment)}`;
}

export function moved(seconds) {
  const minutes = Math.round(Math.abs(seconds) / 60);
  if (!minutes) return "";
  const parts = [[Math.floor(minutes / 1440), "天"], [Math.floor(minutes / 60) % 24, "小时"], [minutes % 60, "分"]];
  const words = parts.filter(([count]) => count).map(([count, unit]) => `${count} ${unit}`).join(" ");
  return `比真实时间${seconds > 0 ? "快" : "慢"} ${words}`;
}
