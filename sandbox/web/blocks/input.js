/** Block Kit's `input` block: a labelled field, its hint and its error. */

import { h, newId } from "../ui/dom.js";
import { element } from "./element.js";
import { plainText } from "./text_object.js";

/** @param {any} block @param {import("./surface.js").Surface} surface */
export function inputBlock(block, surface) {
  const field = /** @type {HTMLElement} */ (element(block.element, block, surface));
  const [labelId, hintId, errorId] = [newId("label"), newId("hint"), newId("error")];
  const target = field.matches("input, textarea, button") ? field : (field.querySelector("input.field") ?? field);
  target.id ||= newId("field");
  target.removeAttribute("aria-label");
  target.setAttribute("aria-labelledby", target.matches("button") ? `${labelId} ${target.id}` : labelId);
  target.setAttribute("aria-describedby", block.hint ? `${errorId} ${hintId}` : errorId);
  const optional = block.optional ? h("span", { class: "muted" }, " (optional)") : null;
  return h(
    "div",
    { class: "input", data: { inputFor: block.block_id } },
    h("label", { class: "input__label", id: labelId, for: target.matches("input, textarea") ? target.id : null, dir: "auto" }, plainText(block.label), optional),
    field,
    h("div", { class: "input__error", id: errorId, data: { errorFor: block.block_id }, role: "alert" }),
    block.hint ? h("div", { class: "input__hint", id: hintId, dir: "auto" }, plainText(block.hint)) : null,
  );
}
