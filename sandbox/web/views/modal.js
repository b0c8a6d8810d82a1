/** Modals: the stack of an app's views, their fields, errors and submission. */

import { post } from "../api.js";
import { reason } from "../actions.js";
import { h, show } from "../ui/dom.js";
import { closeDialog, dialogFrame, focusable, openDialog } from "../ui/dialog.js";
import { renderBlocks } from "../blocks/block.js";
import { plainText } from "../blocks/text_object.js";
import { refocus } from "../ui/focus.js";
import { missing } from "./validation.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {{view: any, dialog: HTMLDialogElement, form: HTMLFormElement, submit: HTMLButtonElement | null}} Entry
 */

export class Modals {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {Entry[]} */
    this.stack = [];
  }

  /** @param {any} view */
  open(view) {
    if (this.stack.some((entry) => entry.view.id === view.id)) return this.update(view);
    this.stack.at(-1)?.dialog.close();
    const entry = this.frame(view);
    this.stack.push(entry);
    openDialog(entry.dialog);
    firstStop(entry)?.focus();
  }

  /** @param {any} view @returns {Entry} */
  frame(view) {
    const form = h("form", { novalidate: true, on: { submit: (/** @type {Event} */ event) => this.onSubmit(event, view.id) } });
    const entry = { view, form, dialog: /** @type {any} */ (null), submit: /** @type {any} */ (null) };
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && entry.submit) form.requestSubmit();
    };
    form.addEventListener("keydown", onKey);
    entry.dialog = dialogFrame({ title: view.title?.text ?? "", body: form, onDismiss: () => this.dismissAll() });
    entry.dialog.dataset.view = view.id;
    this.fill(entry);
    return entry;
  }

  /** @param {Entry} entry */
  fill(entry) {
    const { view, form } = entry;
    const surface = this.app.surface("modal", { view: { id: view.id } });
    surface.values.keepOnly(view.blocks ?? []);
    const deny = h("button", { type: "button", class: "button", on: { click: () => this.dismiss(view.id) } }, view.close ? plainText(view.close) : view.submit ? "Cancel" : "Close");
    entry.submit = view.submit ? h("button", { type: "submit", class: "button button--primary", title: "Ctrl + Enter" }, plainText(view.submit)) : null;
    const title = entry.dialog.querySelector("h2");
    if (title) show(title, ...plainText(view.title));
    show(
      form,
      h("div", { class: "modal__problem", role: "alert", hidden: true }),
      h("div", { class: "modal__scroll" }, renderBlocks(view.blocks ?? [], surface)),
      h("div", { class: "dialog__foot row row--end" }, deny, entry.submit),
    );
  }

  /** Redraws a view that the app changed; what was filled in and the focus stay. @param {any} view */
  update(view) {
    const entry = this.stack.find((one) => one.view.id === view.id);
    if (!entry) return;
    entry.view = view;
    refocus(entry.form, () => this.fill(entry), () => firstStop(entry));
  }

  /** The person goes back by one view. @param {string} id */
  dismiss(id) {
    post("/client/view/close", { user: this.app.state.me, view_id: id, is_cleared: false });
    this.dropped(id);
  }

  /** The person closes the whole stack, by the cross or Escape. */
  dismissAll() {
    const top = this.stack.at(-1);
    if (top) post("/client/view/close", { user: this.app.state.me, view_id: top.view.id, is_cleared: true });
    this.forget();
  }

  /** The view is gone; the one below it shows again. @param {string} id */
  dropped(id) {
    const entry = this.stack.find((one) => one.view.id === id);
    if (!entry) return;
    this.stack = this.stack.filter((one) => one !== entry);
    this.app.values.delete(`view:${id}`);
    closeDialog(entry.dialog);
    const below = this.stack.at(-1);
    if (!below || below.dialog.open) return;
    below.dialog.showModal();
    firstStop(below)?.focus();
  }

  /** Closes everything without a word to the app. */
  forget() {
    for (const entry of [...this.stack].reverse()) this.dropped(entry.view.id);
  }

  /** @param {Event} event @param {string} id */
  async onSubmit(event, id) {
    event.preventDefault();
    const entry = this.stack.find((one) => one.view.id === id);
    if (!entry?.submit || entry.submit.disabled) return;
    const values = this.app.surface("modal", { view: { id } }).values.all;
    const gaps = missing(entry.view.blocks ?? [], values);
    if (Object.keys(gaps).length) return showErrors(entry, gaps);
    busy(entry, true);
    const answer = await post("/client/view/submit", { user: this.app.state.me, view_id: id, values });
    busy(entry, false);
    this.settle(entry, answer);
  }

  /** @param {Entry} entry @param {import("../api.js").Answer} answer */
  settle(entry, answer) {
    if (answer.errors) showErrors(entry, answer.errors);
    else if (!answer.ok) showProblem(entry, `Not sent: ${reason(answer.error)}. Your answers are still here; try again.`);
    else if (answer.response_action === "clear") this.forget();
    else if (!answer.response_action) this.dropped(entry.view.id);
  }
}

/** @param {Entry} entry @returns {HTMLElement | undefined} */
function firstStop(entry) {
  const chosen = (entry.view.blocks ?? []).find((/** @type {any} */ block) => block.element?.focus_on_load);
  const wanted = chosen && entry.form.querySelector(`[data-action="${CSS.escape(chosen.element.action_id)}"]`);
  const scroll = /** @type {HTMLElement} */ (entry.form.querySelector(".modal__scroll"));
  const fields = focusable(scroll).filter((element) => element.closest(".input"));
  return wanted ?? fields[0] ?? entry.submit ?? focusable(entry.dialog)[0];
}

/** @param {Entry} entry @param {boolean} waiting */
function busy(entry, waiting) {
  if (!entry.submit) return;
  entry.submit.disabled = waiting;
  entry.submit.setAttribute("aria-busy", String(waiting));
  /** @type {HTMLElement} */ (entry.form.querySelector(".modal__scroll")).inert = waiting;
}

/** Puts each error below its field and goes to the first. @param {Entry} entry @param {Record<string, string>} errors */
function showErrors(entry, errors) {
  showProblem(entry, "");
  for (const place of entry.form.querySelectorAll("[data-error-for]")) {
    const text = errors[/** @type {HTMLElement} */ (place).dataset.errorFor ?? ""] ?? "";
    place.textContent = text;
    const input = place.closest(".input");
    input?.classList.toggle("input--wrong", Boolean(text));
    input?.querySelector("input, textarea, .picker")?.setAttribute("aria-invalid", String(Boolean(text)));
  }
  const first = /** @type {HTMLElement | null} */ (entry.form.querySelector(".input--wrong input, .input--wrong textarea, .input--wrong .picker"));
  first?.focus();
  const homeless = Object.entries(errors).filter(([block]) => !entry.form.querySelector(`[data-error-for="${CSS.escape(block)}"]`));
  if (homeless.length) showProblem(entry, homeless.map(([, text]) => text).join(" "));
}

/** @param {Entry} entry @param {string} text */
function showProblem(entry, text) {
  const place = /** @type {HTMLElement} */ (entry.form.querySelector(".modal__problem"));
  place.textContent = text;
  place.hidden = !text;
}
