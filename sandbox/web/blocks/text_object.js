/** Block Kit's text objects as page elements. */

import { h } from "../ui/dom.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { emojiNode } from "../text/mention.js";

/** @typedef {import("./surface.js").Surface} Surface */

/**
 * A text object: markup or plain text with emoji names.
 * @param {any} text
 * @param {Surface} surface
 */
export function textObject(text, surface) {
  if (!text) return null;
  if (text.type === "mrkdwn") return h("div", { class: "text", dir: "auto" }, mrkdwn(text.text ?? "", surface.reader));
  return h("div", { class: "text", dir: "auto" }, plainText(text));
}

/** Plain text, in which only emoji names stand for something else. @param {any} text */
export function plainText(text) {
  const value = text?.text ?? "";
  if (text?.emoji === false) return [value];
  return value.split(/(:[a-z0-9_+'-]+:)/i).map((/** @type {string} */ part, /** @type {number} */ index) =>
    index % 2 ? emojiNode(part.slice(1, -1)) : part);
}

/** Plain words of a text object. @param {any} text @returns {string} */
export function words(text) {
  return text?.text ?? "";
}
