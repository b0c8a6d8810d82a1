/** Block Kit's plain fields: text, numbers, addresses, dates, times, checkboxes and radio buttons. */

import { h, newId } from "../ui/dom.js";
import { localMinute, secondsAt } from "../text/dates.js";
import { change, keep, started, tell } from "./surface.js";
import { plainText, textObject, words } from "./text_object.js";

/** @typedef {import("./surface.js").Control} Control */

/** @type {Record<string, string>} */
const KINDS = { number_input: "number", email_text_input: "email", url_text_input: "url" };

/** @param {Control} bond */
export function textField(bond) {
  const { element: part, data } = bond;
  const value = started(bond, { value: initialText(part) }).value;
  const large = part.multiline || part.type === "rich_text_input";
  const field = h(large ? "textarea" : "input", {
    class: "field", type: large ? null : (KINDS[part.type] ?? "text"), value: value ?? "", data, dir: "auto",
    rows: large ? 4 : null, placeholder: words(part.placeholder) || null, maxlength: part.max_length ?? null,
    minlength: part.min_length ?? null, min: part.min_value ?? null, max: part.max_value ?? null,
    step: part.type === "number_input" ? (part.is_decimal_allowed ? "any" : "1") : null,
    autocomplete: "off", "aria-label": words(part.placeholder) || null,
  });
  field.addEventListener("input", () => onTyped(bond, field.value || null));
  field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || large || event.isComposing || !dispatches(bond, "on_enter_pressed")) return;
    event.preventDefault();
    tell(bond, { value: field.value || null });
  });
  return field;
}

/** @param {any} part @returns {string | null} */
function initialText(part) {
  const { initial_value: initial } = part;
  if (initial === undefined || initial === null) return null;
  if (typeof initial !== "object") return String(initial);
  const lines = (initial.elements ?? []).map((/** @type {any} */ line) => (line.elements ?? []).map((/** @type {any} */ run) => run.text ?? "").join(""));
  return lines.join("\n");
}

/** @param {Control} bond @param {string | null} value */
function onTyped(bond, value) {
  keep(bond, bond.element.type === "rich_text_input" ? { rich_text_value: richValue(value ?? "") } : { value });
  if (dispatches(bond, "on_character_entered")) tell(bond, { value });
}

/** @param {string} text */
function richValue(text) {
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

/** @param {Control} bond @param {string} when */
function dispatches({ block, element: part }, when) {
  const wanted = part.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  return Boolean(block.dispatch_action) && wanted.includes(when);
}

/** @param {Control} bond */
export function dateField(bond) {
  return pickerField(bond, "date", "selected_date", bond.element.initial_date);
}

/** @param {Control} bond */
export function timeField(bond) {
  return pickerField(bond, "time", "selected_time", bond.element.initial_time);
}

/** @param {Control} bond @param {string} type @param {string} name @param {string | undefined} initial */
function pickerField(bond, type, name, initial) {
  const value = started(bond, { [name]: initial ?? null })[name];
  const label = words(bond.element.placeholder) || (type === "date" ? "Date" : "Time");
  const field = h("input", { class: "field field--short", type, value: value ?? "", data: bond.data, "aria-label": label });
  field.addEventListener("change", () => change(bond, { [name]: field.value || null }));
  return field;
}

/** @param {Control} bond */
export function dateTimeField(bond) {
  const { zone } = bond.surface.reader;
  const value = /** @type {number | null} */ (started(bond, { selected_date_time: bond.element.initial_date_time ?? null }).selected_date_time);
  const field = h("input", { class: "field field--short", type: "datetime-local", value: value ? localMinute(value, zone) : "", data: bond.data, "aria-label": "Date and time" });
  field.addEventListener("change", () => change(bond, { selected_date_time: field.value ? secondsAt(field.value, zone) : null }));
  return h("span", { class: "row" }, field, h("span", { class: "muted" }, zone));
}

/** Checkboxes or radio buttons. @param {Control} bond */
export function choices(bond) {
  const { element: part, data } = bond;
  const several = part.type === "checkboxes";
  const initial = several ? { selected_options: part.initial_options ?? [] } : { selected_option: part.initial_option ?? null };
  const value = started(bond, initial);
  const chosen = new Set((several ? /** @type {any[]} */ (value.selected_options) : [value.selected_option]).map((option) => option?.value));
  const group = newId("choice");
  const box = h("div", { class: "choices", role: several ? "group" : "radiogroup" });
  for (const option of part.options ?? []) {
    const input = h("input", { type: several ? "checkbox" : "radio", name: group, value: option.value, checked: chosen.has(option.value), data: { ...data, value: option.value } });
    input.addEventListener("change", () => change(bond, ticked(box, part, several)));
    box.appendChild(choice(input, option, bond));
  }
  return box;
}

/** @param {HTMLInputElement} input @param {any} option @param {Control} bond */
function choice(input, option, { surface }) {
  const label = option.text?.type === "mrkdwn" ? textObject(option.text, surface) : h("span", null, plainText(option.text));
  const detail = option.description ? h("span", { class: "choice__detail" }, textObject(option.description, surface)) : null;
  return h("label", { class: "choice", dir: "auto" }, input, h("span", { class: "choice__words" }, label, detail));
}

/** @param {HTMLElement} box @param {any} part @param {boolean} several */
function ticked(box, part, several) {
  const values = [...box.querySelectorAll("input:checked")].map((input) => /** @type {HTMLInputElement} */ (input).value);
  const options = part.options.filter((/** @type {any} */ option) => values.includes(option.value));
  return several ? { selected_options: options } : { selected_option: options[0] ?? null };
}
