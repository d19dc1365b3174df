// Times in the viewer's zone, in UTC on hover; how long ago and how long.
import { h, onEnd, signal } from "./reactive.js";

const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: "short" });
const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const recent = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const shortClock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

/** The short name of the viewer's zone. */
export const zoneName = zone.formatToParts(new Date()).find((part) => part.type === "timeZoneName")?.value ?? "";

/** A date of a text in ISO 8601, of seconds since 1970, or of a date; null for nothing. */
export function date(value) {
  if (value === null || value === undefined || value === "") return null;
  const made = value instanceof Date ? value : new Date(typeof value === "number" ? value * 1000 : value);
  return Number.isNaN(made.getTime()) ? null : made;
}

export const formatTime = (value) => (date(value) ? dayAndTime.format(date(value)) : "–");
export const formatClock = (value) => (date(value) ? clock.format(date(value)) : "–");
export const formatMinute = (value) => (date(value) ? shortClock.format(date(value)) : "–");
export const formatDay = (value) => (date(value) ? day.format(date(value)) : "–");
export const formatWeekday = (value) => (date(value) ? weekday.format(date(value)) : "–");

function utc(value) {
  return `${value.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `2 h 5 min`, `45 s`, `3 d 4 h`. */
export function formatDuration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(Number(seconds))) return "–";
  const total = Math.max(0, Math.round(Number(seconds)));
  const units = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]];
  const first = units.findIndex(([, size]) => total >= size);
  if (first < 0) return "0 s";
  let rest = total;
  const words = [];
  for (const [name, size] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${name}`);
  }
  return words.join(" ");
}

const now = signal(Date.now());
let watchers = 0;
let timer = 0;

/** The time, which moves on every five seconds while something on the page shows it. */
export function ticking() {
  watchers += 1;
  if (watchers === 1) timer = setInterval(() => now.set(Date.now()), 5000);
  onEnd(() => {
    watchers -= 1;
    if (watchers === 0) clearInterval(timer);
  });
  return now;
}

/** A moment: in the viewer's zone, with UTC on hover; the short form leaves out what goes without saying. */
export function time(value, { isShort = false, isClock = false } = {}) {
  const moment = date(value);
  if (!moment) return h("span.quiet", "–");
  const isNear = Math.abs(Date.now() - moment.getTime()) < 300 * 86_400_000;
  const isToday = moment.toDateString() === new Date().toDateString();
  const shown = isClock ? shortClock.format(moment) : !isShort || !isNear ? dayAndTime.format(moment) : (isToday ? clock : recent).format(moment);
  return h("time", { datetime: moment.toISOString(), title: utc(moment) }, shown);
}

function words(seconds) {
  if (seconds < 5) return "just now";
  if (seconds < 0) return "soon";
  return `${formatDuration(seconds < 60 ? seconds : Math.floor(seconds / 60) * 60).split(" ").slice(0, 2).join(" ")} ago`;
}

/** How long ago something was, counting on; the moment on hover. */
export function ago(value, never = "never") {
  const moment = date(value);
  if (!moment) return h("span.quiet", never);
  const current = ticking();
  return h("time", { datetime: moment.toISOString(), title: `${dayAndTime.format(moment)} ${zoneName}, ${utc(moment)}` }, () =>
    words(Math.round((current() - moment.getTime()) / 1000)));
}

/** How long something has lasted since a moment, counting on. */
export function since(value) {
  const moment = date(value);
  if (!moment) return h("span.quiet", "–");
  const current = ticking();
  return h("time", { datetime: moment.toISOString(), title: utc(moment) }, () => formatDuration((current() - moment.getTime()) / 1000));
}
