/** Block Kit's `table` block. */

import { h } from "../ui/dom.js";
import { richText } from "../text/rich_text.js";

/** @typedef {import("../text/mention.js").Reader} Reader */

/** @param {any} block @param {Reader} reader */
export function tableBlock(block, reader) {
  const settings = block.column_settings ?? [];
  const rows = (block.rows ?? []).map((/** @type {any[]} */ row, /** @type {number} */ index) =>
    h("tr", null, row.map((cell, column) => tableCell(cell, settings[column], index, reader))));
  return h("div", { class: "table-scroll", tabindex: 0, role: "region", "aria-label": "Table" }, h("table", { class: "table" }, rows));
}

/** @param {any} cell @param {any} setting @param {number} row @param {Reader} reader */
function tableCell(cell, setting, row, reader) {
  const align = ["left", "center", "right"].includes(setting?.align) ? setting.align : "left";
  const wrap = setting?.is_wrapped ? "" : " table__cell--tight";
  const content = cell?.type === "rich_text" ? richText(cell, reader) : (cell?.text ?? "");
  return h(row ? "td" : "th", { class: `table__cell${wrap}`, style: `text-align:${align}`, dir: "auto" }, content);
}
