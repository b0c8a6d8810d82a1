/** Slack's message markup (`mrkdwn`) as page elements. */

import { append, fragment, h, link, safeUrl } from "../ui/dom.js";
import { broadcastMention, channelMention, dateNode, emojiNode, personMention } from "./mention.js";

/** @typedef {import("./mention.js").Reader} Reader */

/** @type {Record<string, string>} */
const STYLES = { "*": "strong", _: "em", "~": "s" };
/** Styles end within this many characters, so that hostile text cannot make the search quadratic. */
const LONGEST_STYLE = 3000;
const TOKEN = /`[^`\n]+`|<[^<>\n]+>|:[a-z0-9_+'-]+(?:::skin-tone-\d)?:|[*_~]/gi;
const ADDRESS = /\bhttps?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]/g;

/** Text as written by people and apps, without the three escapes of Slack. @param {string} text */
export function unescape(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/**
 * Markup as elements: code fences first, then quotes and lists, then what stands in a line.
 * @param {string} text
 * @param {Reader} reader
 */
export function mrkdwn(text, reader) {
  const result = document.createDocumentFragment();
  text.split(/```([\s\S]+?)```/).forEach((part, index) => {
    if (index % 2) result.appendChild(h("pre", { class: "pre" }, unescape(part.replace(/^\n|\n$/g, ""))));
    else append(result, paragraphs(index ? part.replace(/^\n/, "") : part, reader));
  });
  return result;
}

/** @param {string} text @param {Reader} reader */
function paragraphs(text, reader) {
  /** @type {{kind: string, lines: string[], rest: boolean}[]} */
  const groups = [];
  for (const line of text.split("\n")) {
    const above = groups.at(-1);
    const kind = kindOf(line, above?.rest);
    if (above?.kind === kind.name) above.lines.push(kind.text);
    else groups.push({ kind: kind.name, lines: [kind.text], rest: kind.rest });
  }
  return groups.map((group) => paragraph(group, reader));
}

/** @param {string} line @param {boolean | undefined} quoted whether `>>>` stands above */
function kindOf(line, quoted) {
  if (quoted) return { name: "quote", text: line, rest: true };
  const quote = /^(?:&gt;|>)((?:&gt;|>){2})? ?(.*)$/.exec(line);
  if (quote) return { name: "quote", text: quote[2], rest: Boolean(quote[1]) };
  const item = /^\s*[•◦▪‣] +(.*)$/.exec(line);
  return item ? { name: "list", text: item[1], rest: false } : { name: "text", text: line, rest: false };
}

/** @param {{kind: string, lines: string[]}} group @param {Reader} reader */
function paragraph({ kind, lines }, reader) {
  if (kind === "list") return h("ul", { class: "list" }, lines.map((line) => h("li", null, inline(line, reader))));
  const body = inline(lines.join("\n"), reader);
  return kind === "quote" ? h("blockquote", { class: "quote" }, body) : body;
}

/**
 * One run of text: styles, code, links, mentions, emoji.
 * @param {string} text
 * @param {Reader} reader
 * @returns {DocumentFragment}
 */
export function inline(text, reader) {
  const result = document.createDocumentFragment();
  let done = 0;
  const flush = (/** @type {number} */ end) => result.appendChild(plain(text.slice(done, end)));
  TOKEN.lastIndex = 0;
  for (let match = next(text, 0); match; match = next(text, done)) {
    const token = tokenAt(text, match, reader);
    if (token) {
      flush(match.index);
      result.appendChild(token.node);
      done = token.end;
    } else {
      flush(match.index + match[0].length);
      done = match.index + match[0].length;
    }
  }
  flush(text.length);
  return result;
}

/** @param {string} text @param {number} from @returns {RegExpExecArray | null} */
function next(text, from) {
  TOKEN.lastIndex = from;
  return TOKEN.exec(text);
}

/** @param {string} text @param {RegExpExecArray} match @param {Reader} reader @returns {{node: Node, end: number} | null} */
function tokenAt(text, match, reader) {
  const token = match[0];
  const end = match.index + token.length;
  if (token[0] === "`") return { node: h("code", { class: "code" }, unescape(token.slice(1, -1))), end };
  if (token[0] === "<") return { node: entity(token.slice(1, -1), reader), end };
  if (token[0] === ":") return colons(text, match, end);
  return styled(text, match.index, reader);
}

/** A name between colons, unless it is part of a time such as 10:30:15. @param {string} text @param {RegExpExecArray} match @param {number} end */
function colons(text, match, end) {
  const node = emojiNode(match[0].slice(1, -1));
  return node.nodeType === Node.TEXT_NODE ? null : { node, end };
}

/** @param {string} text @param {number} start @param {Reader} reader */
function styled(text, start, reader) {
  const mark = text[start];
  const before = text[start - 1];
  if (before !== undefined && /[\p{L}\p{N}]/u.test(before)) return null;
  const end = closing(text, start, mark);
  if (end < 0) return null;
  return { node: h(STYLES[mark], null, inline(text.slice(start + 1, end), reader)), end: end + 1 };
}

/** Where the style that starts here ends, or -1. @param {string} text @param {number} start @param {string} mark */
function closing(text, start, mark) {
  if (!text[start + 1] || /\s/.test(text[start + 1]) || text[start + 1] === mark) return -1;
  const last = Math.min(text.length, start + LONGEST_STYLE);
  for (let at = start + 1; at < last && text[at] !== "\n"; at += 1) {
    at = skipped(text, at);
    const ends = text[at] === mark && !/\s/.test(text[at - 1]) && !/[\p{L}\p{N}]/u.test(text[at + 1] ?? " ");
    if (ends && at > start + 1) return at;
  }
  return -1;
}

/** The end of the code span or link that starts here, else the same place. @param {string} text @param {number} at */
function skipped(text, at) {
  const close = { "`": "`", "<": ">" }[text[at]];
  const end = close ? text.indexOf(close, at + 1) : -1;
  return end > 0 && !text.slice(at, end).includes("\n") ? end : at;
}

/** What stands between `<` and `>`. @param {string} body @param {Reader} reader @returns {Node} */
function entity(body, reader) {
  const [target, label] = halves(body);
  if (target.startsWith("@")) return personMention(target.slice(1), reader, label?.replace(/^@/, ""));
  if (target.startsWith("#")) return channelMention(target.slice(1), reader, label?.replace(/^#/, ""));
  if (target.startsWith("!")) return special(target.slice(1), label, reader);
  if (!safeUrl(unescape(target))) return document.createTextNode(unescape(`<${body}>`));
  return link(unescape(target), unescape(label ?? target.replace(/^mailto:/, "")));
}

/** @param {string} body @returns {[string, string | undefined]} */
function halves(body) {
  const bar = body.indexOf("|");
  return bar < 0 ? [body, undefined] : [body.slice(0, bar), body.slice(bar + 1)];
}

/** @param {string} command @param {string | undefined} label @param {Reader} reader */
function special(command, label, reader) {
  const [name, ...rest] = command.split("^");
  if (name !== "date") return broadcastMention((label ?? rest[0] ?? name).replace(/^@/, ""));
  const [seconds, pattern, address] = rest;
  const node = dateNode({ seconds: Number(seconds), pattern: pattern ?? "{date}", fallback: unescape(label ?? "") }, reader);
  return address ? link(address, node) : node;
}

/** Plain characters, with bare web addresses made links. @param {string} text */
function plain(text) {
  const whole = unescape(text);
  const parts = [];
  let done = 0;
  for (const match of whole.matchAll(ADDRESS)) {
    parts.push(whole.slice(done, match.index), link(match[0], match[0]));
    done = match.index + match[0].length;
  }
  parts.push(whole.slice(done));
  return fragment(parts.filter((part) => part !== ""));
}
