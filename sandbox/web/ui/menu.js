/** A pop-up list to choose from: selects, overflow menus, person switcher. */

import { h, newId, show } from "./dom.js";

/**
 * @typedef {object} Item
 * @property {string} key
 * @property {string} label
 * @property {string} [detail]
 * @property {string} [group]
 * @property {boolean} [danger]
 * @property {Node} [mark]  a small picture before the label
 */

/**
 * @typedef {object} MenuOptions
 * @property {HTMLElement} anchor
 * @property {string} label  what the list is called by screen readers
 * @property {(words: string) => Item[] | Promise<Item[]>} find  the items for what was typed
 * @property {boolean} [filter]  offer a field to type in
 * @property {Set<string>} [chosen]  the marked items; with `several` the menu stays open
 * @property {boolean} [several]
 * @property {(item: Item) => void} onPick
 * @property {() => void} [onClose]
 */

/** @type {Menu | null} */
let opened = null;

/** Opens the menu beside its anchor; any other open menu closes, and this one when it is open already. @param {MenuOptions} options */
export function openMenu(options) {
  const before = opened;
  before?.close();
  if (before?.options.anchor === options.anchor && before.options.label === options.label) return;
  opened = new Menu(options);
  opened.open();
}

class Menu {
  /** @param {MenuOptions} options */
  constructor(options) {
    this.options = options;
    this.items = /** @type {Item[]} */ ([]);
    this.active = 0;
    this.asked = 0;
    const id = newId("menu");
    this.list = h("div", { class: "menu__list", role: "listbox", id, "aria-label": options.label, tabindex: -1, "aria-multiselectable": options.several ? "true" : null });
    this.input = options.filter ? h("input", { class: "field menu__filter", type: "text", placeholder: "Search", "aria-label": `Search ${options.label}`, role: "combobox", "aria-expanded": "true", "aria-controls": id, autocomplete: "off" }) : null;
    this.box = h("div", { class: "menu", popover: "manual" }, this.input, this.list);
    this.outside = (/** @type {Event} */ event) => {
      const path = event.composedPath();
      if (!path.includes(this.box) && !path.includes(options.anchor)) this.close();
    };
  }

  open() {
    const { anchor } = this.options;
    (anchor.closest("dialog") ?? document.body).appendChild(this.box);
    this.box.showPopover();
    anchor.setAttribute("aria-expanded", "true");
    this.box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.onKey(event));
    this.input?.addEventListener("input", () => this.refresh());
    document.addEventListener("pointerdown", this.outside, true);
    this.refresh().then(() => (this.input ?? this.list).focus());
  }

  close() {
    if (!this.box.isConnected) return;
    const focused = this.box.contains(document.activeElement);
    document.removeEventListener("pointerdown", this.outside, true);
    this.box.remove();
    this.options.anchor.setAttribute("aria-expanded", "false");
    if (focused) this.options.anchor.focus();
    opened = null;
    this.options.onClose?.();
  }

  async refresh() {
    this.asked += 1;
    const asked = this.asked;
    const found = this.options.find(this.input?.value ?? "");
    if (found instanceof Promise) show(this.list, h("div", { class: "menu__note" }, "Searching…"));
    const items = await found;
    if (asked !== this.asked) return;
    this.items = items;
    const chosen = this.items.findIndex((item) => this.options.chosen?.has(item.key));
    this.active = this.options.several ? Math.min(this.active, Math.max(0, items.length - 1)) : Math.max(0, chosen);
    this.draw();
    this.place();
  }

  draw() {
    let group = "";
    const rows = this.items.flatMap((item, index) => {
      const row = this.row(item, index);
      if (!item.group || item.group === group) return [row];
      group = item.group;
      return [h("div", { class: "menu__group", role: "presentation" }, group), row];
    });
    show(this.list, rows.length ? rows : h("div", { class: "menu__note" }, "Nothing found"));
    this.mark();
  }

  /** @param {Item} item @param {number} index */
  row(item, index) {
    const chosen = this.options.chosen?.has(item.key) ?? false;
    return h(
      "div",
      {
        class: `menu__item${item.danger ? " menu__item--danger" : ""}`, role: "option", id: newId("option"),
        "aria-selected": String(chosen), data: { index: String(index) },
        on: { click: () => this.pick(index), pointermove: () => this.activate(index) },
      },
      item.mark,
      h("span", { class: "menu__label", dir: "auto" }, item.label, item.detail ? h("span", { class: "menu__detail" }, item.detail) : null),
      chosen ? h("span", { class: "menu__tick", "aria-hidden": "true" }, "✓") : null,
    );
  }

  /** @param {number} index */
  activate(index) {
    if (index === this.active) return;
    this.active = index;
    this.mark();
  }

  mark() {
    for (const row of this.list.querySelectorAll(".menu__item")) {
      const active = Number(row.dataset.index) === this.active;
      row.classList.toggle("menu__item--active", active);
      if (active) {
        (this.input ?? this.list).setAttribute("aria-activedescendant", row.id);
        row.scrollIntoView({ block: "nearest" });
      }
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.activate((this.active + step + this.items.length) % (this.items.length || 1));
    else if (event.key === "Enter") this.pick(this.active);
    else if (event.key === " " && !this.input) this.pick(this.active);
    else if (event.key === "Escape" || event.key === "Tab") this.close();
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} index */
  pick(index) {
    const item = this.items[index];
    if (!item) return;
    if (!this.options.several) this.close();
    this.options.onPick(item);
    if (this.options.several) this.draw();
  }

  place() {
    const anchor = this.options.anchor.getBoundingClientRect();
    this.box.style.minWidth = `${Math.min(320, Math.max(180, anchor.width))}px`;
    const { width, height } = this.box.getBoundingClientRect();
    const below = anchor.bottom + 4 + height <= innerHeight;
    const top = below ? anchor.bottom + 4 : Math.max(8, anchor.top - height - 4);
    const left = Math.max(8, Math.min(anchor.left, innerWidth - width - 8));
    this.box.style.top = `${top}px`;
    this.box.style.left = `${left}px`;
  }
}

/** A `find` for a fixed list: items whose label or detail holds the words. @param {Item[]} items */
export function among(items) {
  return (/** @type {string} */ words) => {
    const wanted = words.trim().toLowerCase();
    return items.filter((item) => `${item.label} ${item.detail ?? ""}`.toLowerCase().includes(wanted));
  };
}
