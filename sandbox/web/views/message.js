/** One message: who, when, what, and what others did with it. */

import { h } from "../ui/dom.js";
import { avatar } from "../ui/avatar.js";
import { icon } from "../ui/icons.js";
import { renderBlocks } from "../blocks/block.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { emojiNode } from "../text/mention.js";
import { clockTime, fullMoment } from "../text/dates.js";
import { react } from "../actions.js";
import { attachmentNode, fileNode } from "./attachment.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {import("../feed.js").Message} Message
 * @typedef {{channel: string, thread: string, compact: boolean}} Place
 */

/** Texts longer than this are folded. */
const FOLDED = 4000;
const QUIET = new Set([
  "channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive", "pinned_item",
  "bookmark_added", "group_join", "group_leave", "group_topic", "group_purpose", "bot_add", "reminder_add",
]);

/** @param {App} app @param {Message} message @param {Place} place */
export function messageNode(app, message, place) {
  const author = authorOf(app, message);
  const zone = app.state.zone();
  const seconds = Number(message.ts);
  const time = h("time", { class: "message__time", title: fullMoment(seconds, zone) }, clockTime(seconds, zone));
  const look = `message${place.compact ? " message--compact" : ""}${message.ephemeral ? " message--ephemeral" : ""}${pinned(app, message, place) ? " message--pinned" : ""}`;
  return h(
    "article",
    { class: look, tabindex: -1, data: { ts: message.ts }, "aria-label": `${author.name}, ${clockTime(seconds, zone)}` },
    notes(app, message, place),
    h("div", { class: "message__gutter" }, place.compact ? time.cloneNode(true) : avatar(author)),
    h(
      "div",
      { class: "message__main" },
      place.compact ? null : h("div", { class: "message__head" }, h("bdi", { class: "message__author" }, author.name), author.is_bot ? h("span", { class: "badge" }, "APP") : null, time),
      body(app, message, place),
      reactions(app, message, place),
      place.thread ? null : replies(app, message, place),
      message.ephemeral ? dismissal(app, message, place) : null,
    ),
  );
}

/** @param {App} app @param {Message} message */
export function authorOf(app, message) {
  const user = app.state.users.get(message.user ?? "");
  const name = message.username || (user ? user.real_name || user.name : (message.bot_profile?.name ?? "Somebody"));
  return { ...user, id: message.user ?? message.bot_id ?? name, name, is_bot: Boolean(message.bot_id ?? user?.is_bot ?? message.user === "USLACKBOT") };
}

/** @param {App} app @param {Message} message @param {Place} place */
function pinned(app, message, place) {
  return Boolean(app.state.channels.get(place.channel)?.pins?.includes(message.ts));
}

/** @param {App} app @param {Message} message @param {Place} place */
function notes(app, message, place) {
  if (message.ephemeral) return h("div", { class: "message__note" }, icon("eye"), "Only visible to you");
  if (message.subtype === "thread_broadcast" && !place.thread) return threadNote(app, message, place);
  return pinned(app, message, place) ? h("div", { class: "message__note" }, icon("pin"), "Pinned") : null;
}

/** @param {App} app @param {Message} message @param {Place} place */
function threadNote(app, message, place) {
  const open = () => app.openThread(place.channel, message.thread_ts);
  return h("div", { class: "message__note" }, icon("reply"), h("button", { type: "button", class: "link-button", on: { click: open } }, "Replied in a thread"));
}

/** @param {App} app @param {Message} message @param {Place} place */
function body(app, message, place) {
  const surface = app.surface("message", { message: { channel: place.channel, ts: message.ts } });
  const quiet = QUIET.has(message.subtype ?? "");
  return h(
    "div",
    { class: `message__body${quiet ? " message__body--quiet" : ""}` },
    message.blocks?.length ? renderBlocks(message.blocks, surface) : words(message.text ?? "", surface.reader),
    message.edited && !message.bot_id ? h("span", { class: "muted" }, " (edited)") : null,
    (message.attachments ?? []).map((/** @type {any} */ attachment) => attachmentNode(attachment, surface)),
    (message.files ?? []).map(fileNode),
  );
}

/** Text as typed; long text is folded behind a button. @param {string} text @param {import("../text/mention.js").Reader} reader */
function words(text, reader) {
  if (!text) return null;
  if (text.length <= FOLDED) return h("div", { class: "text", dir: "auto" }, mrkdwn(text, reader));
  const box = h("div", { class: "text", dir: "auto" }, mrkdwn(text.slice(0, FOLDED), reader), "…");
  const more = h("button", { type: "button", class: "link-button" }, `Show all ${text.length.toLocaleString("en-GB")} characters`);
  more.addEventListener("click", () => box.replaceChildren(mrkdwn(text, reader)));
  box.append(" ", more);
  return box;
}

/** @param {App} app @param {Message} message @param {Place} place */
function reactions(app, message, place) {
  const given = message.reactions ?? [];
  if (!given.length) return null;
  return h("div", { class: "reactions" }, given.map((/** @type {any} */ one) => {
    const mine = one.users?.includes(app.state.me);
    const who = (one.users ?? []).map((/** @type {string} */ id) => app.state.personName(id) ?? id).join(", ");
    const press = () => react(app, place.channel, message, one.name);
    return h("button", { type: "button", class: `reaction${mine ? " reaction--mine" : ""}`, "aria-pressed": String(Boolean(mine)), title: `${who} reacted with :${one.name}:`, on: { click: press } }, emojiNode(one.name), h("span", null, one.count));
  }));
}

/** @param {App} app @param {Message} message @param {Place} place */
function replies(app, message, place) {
  if (!message.reply_count) return null;
  const zone = app.state.zone();
  const faces = (message.reply_users ?? []).slice(0, 4).map((/** @type {string} */ id) =>
    avatar({ ...app.state.users.get(id), id, name: app.state.personName(id) ?? "?" }, "small"));
  const count = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  const last = message.latest_reply ? h("span", { class: "muted" }, `last at ${clockTime(Number(message.latest_reply), zone)}`) : null;
  return h("button", { type: "button", class: "replies", on: { click: () => app.openThread(place.channel, message.ts) } }, h("span", { class: "faces" }, faces), h("strong", null, count), last);
}

/** @param {App} app @param {Message} message @param {Place} place */
function dismissal(app, message, place) {
  const press = () => app.feed.drop(place.channel, message.ts);
  return h("button", { type: "button", class: "link-button link-button--quiet", on: { click: press } }, "Dismiss");
}
