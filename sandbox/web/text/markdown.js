/** Block Kit's `markdown` block: the common part of Markdown as page elements. */

import { append, h, link } from "../ui/dom.js";
import { emojiNode } from "./mention.js";

const INLINE =
  /\\([!-/:-@[-`{-~])|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)|\*\*(?=\S)(.+?)\*\*|__(?=\S)(.+?)__|\*(?=\S)(.+?)\*|\b_(?=\S)(.+?)_\b|~~(.+?)~~|:([a-z0-9_+-]+):/i;

/** @param {string} text */
export function markdown(text) {
  const result = h("div", { class: "rich" });
  text.split(/^```\w*\n([\s\S]*?)^```$/m).forEach((part, index) => {
    if (index % 2) result.appendChild(h("pre", { class: "pre" }, part.replace(/\n$/, "")));
    else append(result, chunks(part));
  });
  return result;
}

/** Neighbouring lines of one kind become one element. @param {string} text */
function chunks(text) {
  const groups = /** @type {{kind: string, lines: string[]}[]} */ ([]);
  for (const line of text.split("\n")) {
    const kind = kindOf(line);
    if (groups.at(-1)?.kind === kind && kind !== "heading") groups.at(-1)?.lines.push(line);
    else groups.push({ kind, lines: [line] });
  }
  return groups.map(chunk);
}

/** @param {string} line */
function kindOf(line) {
  if (/^#{1,6} /.test(line)) return "heading";
  if (/^\s*[-*+] /.test(line)) return "bullets";
  if (/^\s*\d+[.)] /.test(line)) return "numbers";
  if (/^> ?/.test(line)) return "quote";
  if (/^\s*\|.*\|\s*$/.test(line)) return "table";
  if (/^\s*(-{3,}|\*{3,})\s*$/.test(line)) return "rule";
  return line.trim() ? "text" : "gap";
}

/** @param {{kind: string, lines: string[]}} group @returns {Node | null} */
function chunk({ kind, lines }) {
  switch (kind) {
    case "heading":
      return h("div", { class: "rich__heading", role: "heading", "aria-level": 4 }, inline(lines[0].replace(/^#+ /, "")));
    case "bullets":
      return h("ul", { class: "list" }, lines.map((line) => item(line, /^\s*[-*+] /)));
    case "numbers":
      return h("ol", { class: "list" }, lines.map((line) => item(line, /^\s*\d+[.)] /)));
    case "quote":
      return h("blockquote", { class: "quote" }, inline(lines.map((line) => line.replace(/^> ?/, "")).join("\n")));
    case "table":
      return table(lines);
    case "rule":
      return h("hr", { class: "divider" });
    case "gap":
      return null;
    default:
      return h("p", { class: "rich__section", dir: "auto" }, inline(lines.join("\n")));
  }
}

/** @param {string} line @param {RegExp} bullet */
function item(line, bullet) {
  const task = /^\[([ xX])\] /.exec(line.replace(bullet, ""));
  const words = line.replace(bullet, "").replace(/^\[[ xX]\] /, "");
  return h("li", { dir: "auto" }, task ? (task[1] === " " ? "☐ " : "☑ ") : null, inline(words));
}

/** @param {string[]} lines */
function table(lines) {
  const rows = lines.filter((line) => !/^[\s|:-]+$/.test(line));
  const cells = (/** @type {string} */ line) => line.trim().replace(/^\||\|$/g, "").split("|");
  const row = (/** @type {string} */ line, /** @type {string} */ tag) =>
    h("tr", null, cells(line).map((cell) => h(tag, null, inline(cell.trim()))));
  return h("div", { class: "table-scroll" }, h("table", { class: "table" }, rows.map((line, index) => row(line, index ? "td" : "th"))));
}

/** @param {string} text @returns {Node[]} */
function inline(text) {
  const nodes = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    nodes.push(document.createTextNode(rest.slice(0, match.index)), token(match));
    rest = rest.slice(match.index + match[0].length);
  }
  return [...nodes, document.createTextNode(rest)];
}

/** @param {RegExpExecArray} match @returns {Node} */
function token(match) {
  const [, escaped, code, label, url, bold, alsoBold, italic, alsoItalic, struck, name] = match;
  if (escaped) return document.createTextNode(escaped);
  if (code) return h("code", { class: "code" }, code);
  if (label) return link(url, ...inline(label));
  if (bold ?? alsoBold) return h("strong", null, inline(bold ?? alsoBold));
  if (italic ?? alsoItalic) return h("em", null, inline(italic ?? alsoItalic));
  return struck ? h("s", null, inline(struck)) : emojiNode(name);
}
