/** Suggestions while typing: slash commands, people after `@`, channels after `#`, emoji after `:`. */

import { h, newId, show } from "../ui/dom.js";
import { emoji, emojiNames } from "../text/emoji.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {{insert: string, label: string, detail?: string, hint?: string}} Suggestion
 */

const MOST = 8;

export class Completion {
  /** @param {App} app @param {HTMLTextAreaElement} box @param {HTMLElement} anchor @param {() => void} onChange */
  constructor(app, box, anchor, onChange) {
    this.app = app;
    this.box = box;
    this.onChange = onChange;
    /** @type {Suggestion[]} */
    this.found = [];
    this.from = 0;
    this.active = 0;
    const id = newId("completion");
    this.list = h("div", { class: "completion", role: "listbox", id, "aria-label": "Suggestions", hidden: true });
    anchor.appendChild(this.list);
    box.setAttribute("aria-controls", id);
    box.setAttribute("aria-autocomplete", "list");
    box.addEventListener("input", () => this.suggest());
    box.addEventListener("click", () => this.suggest());
    box.addEventListener("blur", () => this.close());
  }

  suggest() {
    const caret = this.box.selectionStart;
    const typed = this.box.value.slice(0, caret);
    const [from, found] = this.search(typed);
    this.from = from;
    this.found = found.slice(0, MOST);
    this.active = 0;
    this.draw();
  }

  /** @param {string} typed @returns {[number, Suggestion[]]} where the word begins, and what it may become */
  search(typed) {
    if (/^\/\S*$/.test(typed)) return [0, this.commands(typed)];
    const hint = /^(\/\S+)\s/.exec(typed);
    const word = /(?:^|[\s(])([@#:])([^\s@#:]*)$/.exec(typed);
    if (word) return [typed.length - word[2].length - 1, this.named(word[1], word[2].toLowerCase())];
    return hint ? [typed.length, this.usage(hint[1])] : [typed.length, []];
  }

  /** @param {string} typed */
  commands(typed) {
    const wanted = typed.toLowerCase();
    const starts = this.app.state.commands.filter((one) => one.command.startsWith(wanted));
    return starts.map((one) => ({ insert: `${one.command} `, label: one.command, hint: one.usage_hint, detail: one.description }));
  }

  /** While arguments are typed, how the command is used; there is nothing to choose. @param {string} name @returns {Suggestion[]} */
  usage(name) {
    const known = this.app.state.commands.find((one) => one.command === name);
    return known?.usage_hint ? [{ insert: "", label: known.command, hint: known.usage_hint, detail: known.description }] : [];
  }

  /** @param {string} sign @param {string} words @returns {Suggestion[]} */
  named(sign, words) {
    if (sign === ":") return words.length < 2 ? [] : emojiNames(words, MOST).map((name) => ({ insert: `:${name}: `, label: `${emoji(name)}  :${name}:` }));
    const { state } = this.app;
    if (sign === "#") {
      const rooms = [...state.channels.values()].filter((one) => !one.is_im && !one.is_archived && one.name.includes(words));
      return rooms.map((one) => ({ insert: `#${one.name} `, label: `#${one.name}`, detail: one.topic }));
    }
    const people = [...state.users.values()].filter((one) => `${one.real_name ?? ""} ${one.name}`.toLowerCase().includes(words));
    const everybody = ["here", "channel"].filter((name) => words && name.startsWith(words));
    return [
      ...people.map((one) => ({ insert: `@${one.real_name || one.name} `, label: one.real_name || one.name, detail: `@${one.name}` })),
      ...everybody.map((name) => ({ insert: `@${name} `, label: `@${name}`, detail: "Notify everybody here" })),
    ];
  }

  draw() {
    this.list.hidden = !this.found.length;
    this.box.setAttribute("aria-expanded", String(!this.list.hidden));
    show(this.list, this.found.map((one, index) => this.row(one, index)));
    this.mark();
  }

  /** @param {Suggestion} one @param {number} index */
  row(one, index) {
    const take = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.take(index);
    };
    return h(
      "div",
      { class: `completion__row${one.insert ? "" : " completion__row--usage"}`, role: "option", id: newId("suggestion"), on: { pointerdown: take } },
      h("span", { class: "completion__line", dir: "auto" }, h("strong", null, one.label), one.hint ? h("code", { class: "completion__hint" }, one.hint) : null),
      one.detail ? h("span", { class: "completion__detail", dir: "auto" }, one.detail) : null,
    );
  }

  mark() {
    [...this.list.children].forEach((row, index) => {
      const active = index === this.active && Boolean(this.found[index].insert);
      row.classList.toggle("completion__row--active", active);
      row.setAttribute("aria-selected", String(active));
      if (active) this.box.setAttribute("aria-activedescendant", row.id);
    });
    if (!this.choosing()) this.box.removeAttribute("aria-activedescendant");
  }

  choosing() {
    return !this.list.hidden && Boolean(this.found[0]?.insert);
  }

  /** Whether the key was meant for the list. @param {KeyboardEvent} event */
  onKey(event) {
    if (this.list.hidden) return false;
    if (event.key === "Escape") this.close();
    else if (!this.choosing()) return false;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !this.complete())) this.take(this.active);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Whether exactly the active suggestion is typed already, so that Enter sends. */
  complete() {
    const typed = this.box.value.slice(this.from, this.box.selectionStart);
    return this.found[this.active]?.insert.trim() === typed.trim();
  }

  /** @param {number} step */
  move(step) {
    this.active = (this.active + step + this.found.length) % this.found.length;
    this.mark();
  }

  /** @param {number} index */
  take(index) {
    const { insert } = this.found[index];
    if (!insert) return;
    const end = this.box.selectionStart;
    this.box.setRangeText(insert, this.from, end, "end");
    this.box.focus();
    this.onChange();
    this.suggest();
  }

  close() {
    this.list.hidden = true;
    this.found = [];
  }
}
