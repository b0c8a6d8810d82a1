/** What a person typed, in the form Slack sends it: escaped, with names turned into mentions. */

/** @typedef {import("../state.js").State} State */

const BROADCASTS = ["here", "channel", "everyone"];

/** @param {string} text */
function escape(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** @param {string} text */
function literal(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A pattern for any of the names after a sign, the longest first. @param {string} sign @param {string[]} names */
function named(sign, names) {
  const sorted = names.filter(Boolean).sort((a, b) => b.length - a.length).map(literal);
  return new RegExp(`(?<![\\p{L}\\p{N}])${sign}(${sorted.join("|") || "(?!)"})(?![\\p{L}\\p{N}])`, "gu");
}

/** A message as Slack stores it: `@Ana Silva` becomes `<@U1>`. @param {string} text @param {State} state */
export function message(text, state) {
  return withMentions(escape(text), state, (id) => `<@${id}>`, (id) => `<#${id}>`)
    .replace(named("@", BROADCASTS), (_, name) => `<!${name}>`);
}

/** A stored message as it would be typed; the reverse of `message`. @param {string} text @param {State} state */
export function typed(text, state) {
  return text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (whole, id) => (state.users.has(id) ? `@${state.personName(id)}` : whole))
    .replace(/<#(\w+)(?:\|[^>]*)?>/g, (whole, id) => (state.channels.has(id) ? `#${state.channels.get(id)?.name}` : whole))
    .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, "@$1")
    .replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/** A slash command's text; names become `<@U1|ana>` where the app asked for that. @param {string} text @param {State} state */
export function command(text, state) {
  const name = text.split(/\s/)[0];
  const known = state.commands.find((one) => one.command === name);
  if (!known?.should_escape) return text;
  const person = (/** @type {string} */ id) => `<@${id}|${state.users.get(id)?.name ?? ""}>`;
  const channel = (/** @type {string} */ id) => `<#${id}|${state.channels.get(id)?.name ?? ""}>`;
  return withMentions(text, state, person, channel);
}

/** @param {string} text @param {State} state @param {(id: string) => string} person @param {(id: string) => string} channel */
function withMentions(text, state, person, channel) {
  const people = new Map([...state.users.values()].flatMap((user) => [[user.name, user.id], [user.real_name ?? "", user.id]]));
  const rooms = new Map([...state.channels.values()].filter((one) => !one.is_im).map((one) => [one.name, one.id]));
  return text
    .replace(named("@", [...people.keys()]), (_, name) => person(/** @type {string} */ (people.get(name))))
    .replace(named("#", [...rooms.keys()]), (_, name) => channel(/** @type {string} */ (rooms.get(name))));
}
