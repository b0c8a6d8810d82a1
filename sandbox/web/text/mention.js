/** People, channels, emoji and times inside text, shown as the reader knows them. */

import { h } from "../ui/dom.js";
import { emoji } from "./emoji.js";
import { fullMoment, slackDate } from "./dates.js";

/**
 * What text needs to know about its reader.
 * @typedef {object} Reader
 * @property {string} me  the reader's own user id
 * @property {string} zone  their time zone
 * @property {() => number} now  business time, in epoch seconds
 * @property {(id: string) => string | null} person  a user's shown name
 * @property {(id: string) => string | null} channel  a channel's name, when the reader may see it
 * @property {(id: string) => void} openChannel
 * @property {(id: string) => void} openPerson
 */

/** @param {string} id @param {Reader} reader @param {string} [label] */
export function personMention(id, reader, label) {
  const mine = id === reader.me ? " mention--me" : "";
  const name = reader.person(id) || label || id;
  return h("button", { type: "button", class: `mention${mine}`, dir: "auto", on: { click: () => reader.openPerson(id) } }, `@${name}`);
}

/** @param {string} id @param {Reader} reader @param {string} [label] */
export function channelMention(id, reader, label) {
  const name = reader.channel(id) ?? label;
  if (!name) return h("span", { class: "mention" }, "🔒 private channel");
  return h("button", { type: "button", class: "mention", on: { click: () => reader.openChannel(id) } }, `#${name}`);
}

/** `@here`, `@channel` or a user group. @param {string} name */
export function broadcastMention(name) {
  return h("span", { class: "mention mention--me" }, `@${name}`);
}

/** The emoji, or its name between colons when it is not known. @param {string} name @param {string | null} [otherwise]  the character, when the app gave it */
export function emojiNode(name, otherwise) {
  const character = emoji(name) ?? otherwise;
  if (!character) return document.createTextNode(`:${name}:`);
  return h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, character);
}

/**
 * A time in the reader's time zone, with the full moment as its tooltip.
 * @param {{seconds: number, pattern: string, fallback: string}} date
 * @param {Reader} reader
 */
export function dateNode({ seconds, pattern, fallback }, reader) {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8e12) return document.createTextNode(fallback);
  const words = slackDate(seconds, pattern, { zone: reader.zone, now: reader.now() });
  return h("time", { title: `${fullMoment(seconds, reader.zone)} (${reader.zone})` }, words);
}
