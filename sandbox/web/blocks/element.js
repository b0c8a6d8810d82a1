/** Block Kit's interactive elements: buttons, images, and the way to every other control. */

import { h, safeUrl } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { confirmDialog } from "../ui/dialog.js";
import { openMenu } from "../ui/menu.js";
import { control, tell } from "./surface.js";
import { choices, dateField, dateTimeField, textField, timeField } from "./field.js";
import { picker } from "./picker.js";
import { plainText, textObject, words } from "./text_object.js";

/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {import("./surface.js").Control} Control */

/** @type {Record<string, (bond: Control) => Node>} */
const FIELDS = {
  datepicker: dateField, timepicker: timeField, datetimepicker: dateTimeField, checkboxes: choices, radio_buttons: choices,
  plain_text_input: textField, number_input: textField, email_text_input: textField, url_text_input: textField,
  rich_text_input: textField,
};

/**
 * An element of a section, an actions row, a context or an input.
 * @param {any} part
 * @param {any} block
 * @param {Surface} surface
 * @returns {Node}
 */
export function element(part, block, surface) {
  const bond = control(block, asking(part, surface), surface);
  if (part.type === "button" || part.type === "workflow_button") return button(bond);
  if (part.type === "image") return h("img", { class: "thumb", src: pictureOf(part), alt: part.alt_text ?? "" });
  if (part.type === "overflow") return overflow(bond);
  if (Object.hasOwn(FIELDS, part.type)) return FIELDS[part.type](bond);
  return picker(bond) ?? h("span", { class: "muted" }, `This control (${part.type}) is not shown here.`);
}

/** The address of an image: the web's, or that of a file of the workspace. @param {any} part */
export function pictureOf({ image_url: address, slack_file: file }) {
  return safeUrl(address ?? file?.url ?? new URL(`/files-pri/${encodeURIComponent(file?.id ?? "")}/image`, location.origin).href);
}

/** The element, with its confirmation as a question to ask. @param {any} part @param {Surface} surface */
function asking(part, surface) {
  return part.confirm ? { ...part, ask: () => confirmed(part.confirm, surface) } : part;
}

/** @param {any} confirm @param {Surface} surface */
function confirmed(confirm, surface) {
  return confirmDialog({
    title: words(confirm.title) || "Are you sure?",
    text: textObject(confirm.text, surface) ?? document.createTextNode(""),
    confirm: words(confirm.confirm) || "Yes",
    deny: words(confirm.deny) || "No",
    danger: confirm.style === "danger",
  });
}

/** @param {Control} bond */
function button(bond) {
  const { element: part, data } = bond;
  const look = ["primary", "danger"].includes(part.style) ? ` button--${part.style}` : "";
  const label = part.accessibility_label ?? null;
  const content = plainText(part.text);
  const href = safeUrl(part.url);
  const press = async (/** @type {Event} */ event) => {
    const pressed = /** @type {HTMLElement} */ (event.currentTarget);
    if (pressed.getAttribute("aria-busy") === "true") return;
    if (part.ask && !(await part.ask())) return;
    pressed.setAttribute("aria-busy", "true");
    await tell(bond, part.value === undefined ? {} : { value: part.value });
    pressed.removeAttribute("aria-busy");
  };
  if (href) return h("a", { class: `button${look}`, href, target: "_blank", rel: "noopener noreferrer", "aria-label": label, data, on: { click: press } }, content);
  return h("button", { type: "button", class: `button${look}`, "aria-label": label, dir: "auto", data, on: { click: press } }, content);
}

/** @param {Control} bond */
function overflow(bond) {
  const { element: part, data } = bond;
  const items = (part.options ?? []).map((/** @type {any} */ option, /** @type {number} */ index) => ({ key: String(index), label: words(option.text), detail: words(option.description) }));
  const pick = async (/** @type {{key: string}} */ item) => {
    if (part.ask && !(await part.ask())) return;
    const option = part.options[Number(item.key)];
    if (safeUrl(option.url)) window.open(option.url, "_blank", "noopener");
    await tell(bond, { selected_option: option });
  };
  const trigger = h("button", { type: "button", class: "button button--square", "aria-label": "More actions", "aria-haspopup": "listbox", data }, icon("more"));
  trigger.addEventListener("click", () => openMenu({ anchor: trigger, label: "More actions", find: () => items, onPick: pick }));
  return trigger;
}
