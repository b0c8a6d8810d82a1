/** The box people write in: messages, slash commands, mentions. */

import { h } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { openMenu } from "../ui/menu.js";
import { runShortcut, send, share } from "../actions.js";
import { Completion } from "./completion.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {import("../actions.js").Target} Target
 */

const TALLEST_PX = 240;

export class Composer {
  /** @param {App} app @param {{onUp: () => void}} options  `onUp`: arrow up in an empty box */
  constructor(app, { onUp }) {
    this.app = app;
    this.onUp = onUp;
    /** @type {Target} */
    this.target = { channel: "", thread: "" };
    this.box = h("textarea", { class: "composer__text", rows: 1, dir: "auto", autocomplete: "off", spellcheck: "true" });
    this.button = h("button", { type: "button", class: "composer__send", "aria-label": "Send", title: "Send (Enter)", on: { click: () => this.submit() } }, icon("send"));
    this.shortcuts = h("button", { type: "button", class: "icon-button", "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "listbox", on: { click: () => this.openShortcuts() } }, icon("bolt"));
    this.root = h("div", { class: "composer" }, this.shortcuts, this.box, this.button);
    this.completion = new Completion(app, this.box, this.root, () => this.onInput());
    this.box.addEventListener("input", () => this.onInput());
    this.box.addEventListener("paste", (/** @type {ClipboardEvent} */ event) => this.onFiles(event, event.clipboardData));
    this.box.addEventListener("drop", (/** @type {DragEvent} */ event) => this.onFiles(event, event.dataTransfer));
    this.box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.onKey(event));
  }

  /** Writes to this place from now on. @param {Target} target @param {string} placeholder */
  aim(target, placeholder) {
    this.target = target;
    this.completion.close();
    this.box.placeholder = placeholder;
    this.box.setAttribute("aria-label", placeholder);
    this.box.value = this.app.drafts.get(this.draftKey()) ?? "";
    this.shortcuts.hidden = !this.app.state.shortcuts.some((one) => one.type === "global");
    this.fit();
  }

  draftKey() {
    return `${this.app.state.me}:${this.target.channel}:${this.target.thread}`;
  }

  focus() {
    this.box.focus();
  }

  onInput() {
    this.app.drafts.set(this.draftKey(), this.box.value);
    this.fit();
  }

  /** Grows with the text, up to a height, once it is in sight; an empty box cannot be sent. */
  fit() {
    this.button.disabled = !this.box.value.trim();
    this.box.style.height = "auto";
    const needed = this.box.scrollHeight;
    if (needed) this.box.style.height = `${Math.min(TALLEST_PX, needed)}px`;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.isComposing || this.completion.onKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && !this.box.value) {
      event.preventDefault();
      this.onUp();
    }
  }

  /** Files that are pasted or dropped are shared at once, the first with what was typed. @param {Event} event @param {DataTransfer | null} data */
  async onFiles(event, data) {
    const files = [...(data?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    const { target } = this;
    const key = this.draftKey();
    for (const [index, file] of files.entries()) {
      const text = index ? "" : this.box.value.trim();
      const shared = await share(this.app, target, file, text);
      if (!shared || !text) continue;
      this.app.drafts.delete(key);
      if (key === this.draftKey()) this.restore("");
    }
  }

  /** Sends; what could not be sent comes back into the empty box. */
  async submit() {
    const text = this.box.value.trim();
    if (!text) return;
    const key = this.draftKey();
    const { target } = this;
    this.box.value = "";
    this.completion.close();
    this.onInput();
    const sent = await send(this.app, target, text);
    if (sent || this.app.drafts.get(key)) return;
    this.app.drafts.set(key, text);
    if (key === this.draftKey()) this.restore(text);
  }

  /** @param {string} text */
  restore(text) {
    this.box.value = text;
    this.fit();
  }

  openShortcuts() {
    const items = this.app.state.shortcuts.filter((one) => one.type === "global").map((one) => ({ key: one.callback_id, label: one.name }));
    const pick = (/** @type {{key: string}} */ { key }) => {
      const shortcut = this.app.state.shortcuts.find((one) => one.callback_id === key);
      if (shortcut) runShortcut(this.app, shortcut);
    };
    openMenu({ anchor: this.shortcuts, label: "Shortcuts", find: () => items, onPick: pick });
  }
}
