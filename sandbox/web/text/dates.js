/** Points in time as words, in the time zone of the person who looks. */

const CACHE = new Map();

/** @param {string} zone @param {Intl.DateTimeFormatOptions} options @returns {Intl.DateTimeFormat} */
function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!CACHE.has(key)) CACHE.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: validZone(zone), ...options }));
  return CACHE.get(key);
}

/** @param {string} zone */
function validZone(zone) {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}

/** @param {number} seconds */
const at = (seconds) => new Date(seconds * 1000);

/** `14:02` @param {number} seconds @param {string} zone */
export const clockTime = (seconds, zone) => format(zone, { hour: "2-digit", minute: "2-digit" }).format(at(seconds));

/** `14:02:07` @param {number} seconds @param {string} zone */
export const exactTime = (seconds, zone) =>
  format(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(at(seconds));

/** `2026-03-09`, which sorts and compares. @param {number} seconds @param {string} zone */
export const isoDay = (seconds, zone) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: validZone(zone) }).format(at(seconds));

/** `Monday, 9 March 2026, 14:02:07` @param {number} seconds @param {string} zone */
export const fullMoment = (seconds, zone) => `${longDate(seconds, zone)}, ${exactTime(seconds, zone)}`;

/** `Monday, 9 March 2026` @param {number} seconds @param {string} zone */
export const longDate = (seconds, zone) =>
  format(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(at(seconds));

/** `2026-03-09T14:02`, as date fields have it. @param {number} seconds @param {string} zone */
export const localMinute = (seconds, zone) => `${isoDay(seconds, zone)}T${clockTime(seconds, zone)}`;

/** The moment a clock in the zone shows this; of an hour that comes twice, the first. @param {string} local `2026-03-09T14:02` @param {string} zone */
export function secondsAt(local, zone) {
  const wanted = Date.parse(`${local}Z`) / 1000;
  const shown = (/** @type {number} */ seconds) => Date.parse(`${localMinute(seconds, zone)}Z`) / 1000;
  const candidates = [wanted - 86400, wanted + 86400].map((near) => wanted - (shown(near) - near));
  return candidates.find((seconds) => shown(seconds) === wanted) ?? candidates[1];
}

/** @param {number} seconds @param {string} zone */
const plainDate = (seconds, zone) =>
  format(zone, { day: "numeric", month: "long", year: "numeric" }).format(at(seconds));

/** @param {number} seconds @param {string} zone */
const shortDate = (seconds, zone) =>
  format(zone, { day: "numeric", month: "short", year: "numeric" }).format(at(seconds));

/** `Today`, `Yesterday`, `Tomorrow` or null. @param {number} seconds @param {number} now @param {string} zone */
function nearDay(seconds, now, zone) {
  const day = isoDay(seconds, zone);
  if (day === isoDay(now, zone)) return "Today";
  if (day === isoDay(now - 86400, zone)) return "Yesterday";
  if (day === isoDay(now + 86400, zone)) return "Tomorrow";
  return null;
}

/** The words of a day separator. @param {number} seconds @param {number} now @param {string} zone */
export function dayName(seconds, now, zone) {
  const near = nearDay(seconds, now, zone);
  if (near) return near;
  const options = /** @type {const} */ ({ weekday: "long", day: "numeric", month: "long" });
  return Math.abs(now - seconds) > 300 * 86400 ? longDate(seconds, zone) : format(zone, options).format(at(seconds));
}

/** `5 minutes ago`, `in 2 hours` @param {number} seconds @param {number} now */
export function ago(seconds, now) {
  const words = new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" });
  const ahead = seconds - now;
  const distance = Math.abs(ahead);
  if (distance < 60) return ahead > 1 ? "in a moment" : "just now";
  if (distance < 3600) return words.format(Math.round(ahead / 60), "minute");
  if (distance < 86400) return words.format(Math.round(ahead / 3600), "hour");
  return words.format(Math.round(ahead / 86400), "day");
}

/**
 * Slack's date format string with its tokens filled in.
 * @param {number} seconds
 * @param {string} pattern such as `{date_short_pretty} at {time}`
 * @param {{zone: string, now: number}} reader
 */
export function slackDate(seconds, pattern, { zone, now }) {
  const pretty = (/** @type {string} */ otherwise) => nearDay(seconds, now, zone) ?? otherwise;
  const tokens = /** @type {Record<string, () => string>} */ ({
    date_num: () => isoDay(seconds, zone),
    date_slash: () => format(zone, { day: "2-digit", month: "2-digit", year: "numeric" }).format(at(seconds)),
    date: () => plainDate(seconds, zone),
    date_short: () => shortDate(seconds, zone),
    date_long: () => longDate(seconds, zone),
    date_long_full: () => longDate(seconds, zone),
    date_pretty: () => pretty(plainDate(seconds, zone)),
    date_short_pretty: () => pretty(shortDate(seconds, zone)),
    date_long_pretty: () => pretty(longDate(seconds, zone)),
    day_divider_pretty: () => dayName(seconds, now, zone),
    time: () => clockTime(seconds, zone),
    time_secs: () => exactTime(seconds, zone),
    ago: () => ago(seconds, now),
  });
  return pattern.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(tokens, name) ? tokens[name]() : whole));
}
