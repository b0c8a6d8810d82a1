/** Block Kit's `rich_text` block: text whose formatting is given as data. */

import { h, link } from "../ui/dom.js";
import { broadcastMention, channelMention, dateNode, emojiNode, personMention } from "./mention.js";

/** @typedef {import("./mention.js").Reader} Reader */

const TAGS = { bold: "strong", italic: "em", strike: "s", underline: "u" };
const BULLETS = ["disc", "circle", "square"];
const NUMBERS = ["decimal", "lower-alpha", "lower-roman"];

/** @param {any} block @param {Reader} reader */
export function richText(block, reader) {
  return h("div", { class: "rich" }, (block.elements ?? []).map((/** @type {any} */ part) => richPart(part, reader)));
}

/** @param {any} part @param {Reader} reader @returns {Node} */
function richPart(part, reader) {
  const content = () => (part.elements ?? []).map((/** @type {any} */ element) => richElement(element, reader));
  switch (part.type) {
    case "rich_text_list":
      return richList(part, reader);
    case "rich_text_preformatted":
      return h("pre", { class: "pre" }, content());
    case "rich_text_quote":
      return h("blockquote", { class: "quote", dir: "auto" }, content());
    default:
      return h("div", { class: "rich__section", dir: "auto" }, content());
  }
}

/** @param {any} part @param {Reader} reader */
function richList(part, reader) {
  const depth = part.indent ?? 0;
  const ordered = part.style === "ordered";
  const marks = ordered ? NUMBERS : BULLETS;
  const style = `list-style-type: ${marks[depth % marks.length]}; margin-inline-start: ${Number(depth) * 1.5}em`;
  const items = (part.elements ?? []).map((/** @type {any} */ item) => h("li", { dir: "auto" }, richPart(item, reader)));
  const start = ordered && part.offset ? Number(part.offset) + 1 : null;
  return h(ordered ? "ol" : "ul", { class: "list", style, start }, items);
}

/** @param {any} element @param {Reader} reader @returns {Node} */
function richElement(element, reader) {
  return styledNode(bare(element, reader), element.style ?? {});
}

/** @param {any} element @param {Reader} reader @returns {Node} */
function bare(element, reader) {
  switch (element.type) {
    case "text":
      return document.createTextNode(element.text ?? "");
    case "link":
      return link(element.url, element.text ?? element.url);
    case "user":
      return personMention(element.user_id, reader);
    case "channel":
      return channelMention(element.channel_id, reader);
    case "usergroup":
      return broadcastMention(element.usergroup_id);
    case "broadcast":
      return broadcastMention(element.range);
    case "emoji":
      return emojiNode(element.name ?? "", fromCodes(element.unicode));
    case "date":
      return dateNode({ seconds: element.timestamp, pattern: element.format ?? "", fallback: element.fallback ?? "" }, reader);
    case "color":
      return h("span", { class: "code" }, element.value);
    default:
      return document.createTextNode(element.text ?? "");
  }
}

/** `1f469-200d-1f4bb` as a character. @param {string | undefined} codes */
function fromCodes(codes) {
  const points = (codes ?? "").split("-").map((code) => Number.parseInt(code, 16));
  return points.every((point) => point > 0 && point <= 0x10ffff) ? String.fromCodePoint(...points) : null;
}

/** @param {Node} node @param {Record<string, boolean>} style */
function styledNode(node, style) {
  let result = style.code ? h("code", { class: "code" }, node) : node;
  for (const [name, tag] of Object.entries(TAGS)) if (style[name]) result = h(tag, null, result);
  return result;
}
