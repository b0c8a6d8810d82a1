/** Dialogs over the page: the frame shared by modals, confirmations and small questions. */

import { h, newId } from "./dom.js";
import { icon } from "./icons.js";

/**
 * A dialog with a title, a body and a footer; it keeps the focus inside until it is closed.
 * @param {{title: string, body: Node, footer?: Node, onDismiss: () => void, small?: boolean}} options
 * @returns {HTMLDialogElement}
 */
export function dialogFrame({ title, body, footer, onDismiss, small }) {
  const id = newId("dialog");
  const close = h("button", { type: "button", class: "icon-button", "aria-label": "Close", on: { click: onDismiss } }, icon("close"));
  const dialog = h(
    "dialog",
    { class: `dialog${small ? " dialog--small" : ""}`, "aria-labelledby": id },
    h("header", { class: "dialog__head" }, h("h2", { id, dir: "auto" }, title), close),
    h("div", { class: "dialog__body" }, body),
    footer ? h("footer", { class: "dialog__foot" }, footer) : null,
  );
  dialog.addEventListener("cancel", (/** @type {Event} */ event) => {
    event.preventDefault();
    onDismiss();
  });
  dialog.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      onDismiss();
    }
    keepFocus(event);
  });
  return dialog;
}

/** Tab at the last control goes to the first, and back. @param {KeyboardEvent} event */
function keepFocus(event) {
  if (event.key !== "Tab") return;
  const dialog = /** @type {HTMLElement} */ (event.currentTarget);
  const stops = focusable(dialog);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}

/** @param {HTMLElement} root @returns {HTMLElement[]} */
export function focusable(root) {
  const all = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("button, [href], input, select, textarea, [tabindex='0']"));
  return [...all].filter((element) => !element.hasAttribute("disabled") && element.offsetParent !== null);
}

/** Puts the dialog on the page, opened. @param {HTMLDialogElement} dialog */
export function openDialog(dialog) {
  document.body.appendChild(dialog);
  dialog.showModal();
}

/** Takes the dialog away; the focus goes back to where it was. @param {HTMLDialogElement} dialog */
export function closeDialog(dialog) {
  dialog.close();
  dialog.remove();
}

/**
 * Asks; resolves to true when the person agrees.
 * @param {{title: string, text: Node, confirm: string, deny: string, danger?: boolean}} question
 * @returns {Promise<boolean>}
 */
export function confirmDialog({ title, text, confirm, deny, danger }) {
  return new Promise((resolve) => {
    const answer = (/** @type {boolean} */ yes) => {
      closeDialog(dialog);
      resolve(yes);
    };
    const no = h("button", { type: "button", class: "button", on: { click: () => answer(false) } }, deny);
    const look = danger ? "button--danger" : "button--primary";
    const yes = h("button", { type: "button", class: `button ${look}`, on: { click: () => answer(true) } }, confirm);
    const dialog = dialogFrame({ title, body: text, footer: h("div", { class: "row row--end" }, no, yes), onDismiss: () => answer(false), small: true });
    openDialog(dialog);
    (danger ? no : yes).focus();
  });
}
