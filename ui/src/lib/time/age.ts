// Ages and moments as texts.
import * as m from "$messages";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "40 s", "3 min", "5 h", "12 d". A moment in the future (another machine's clock) is "now". */
export function age(moment: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(moment)) / 1000);
  if (Number.isNaN(seconds)) return "–";
  if (seconds < 1) return m.age_now();
  if (seconds < MINUTE) return m.age_seconds({ count: seconds });
  if (seconds < HOUR) return m.age_minutes({ count: Math.floor(seconds / MINUTE) });
  if (seconds < 2 * DAY) return m.age_hours({ count: Math.floor(seconds / HOUR) });
  return m.age_days({ count: Math.floor(seconds / DAY) });
}

/** "40 s ago"; "just now" for less than a second. */
export function ago(moment: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(moment)) / 1000);
  return seconds < 1 ? m.age_just_now() : m.age_ago({ age: age(moment, now) });
}

/** A duration as a text: "850 ms", "12.4 s", "3 min 5 s". */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return m.duration_ms({ count: Math.max(0, Math.round(milliseconds)) });
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) return m.duration_seconds({ count: seconds.toFixed(1) });
  return m.duration_minutes({ minutes: Math.floor(seconds / 60), seconds: Math.floor(seconds % 60) });
}

/** The exact moment, local with its offset, then UTC: for hovering. */
export function exact(moment: string): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return moment;
  return `${local(date)} · ${date.toISOString().replace(/\.\d+Z$/, "Z")}`;
}

/** Today as a time, else as a date and a time; local. */
export function stamp(moment: string, now: number): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return moment;
  const text = local(date);
  const today = local(new Date(now)).slice(0, 10);
  return text.startsWith(today) ? text.slice(11, 19) : text.slice(0, 16);
}

function local(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const sign = offset < 0 ? "-" : "+";
  const zone = `${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
}
