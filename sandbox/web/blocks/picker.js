/** Block Kit's select menus, single and multiple: fixed options, options asked of the app, people, channels. */

import { h, show } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { among, openMenu } from "../ui/menu.js";
import { change, started } from "./surface.js";
import { words } from "./text_object.js";

/** @typedef {import("./surface.js").Control} Control */
/** @typedef {import("../ui/menu.js").Item} Item */

/** The name of the value, of its initial value, and where the choices come from. */
/** @type {Record<string, [string, string, string]>} */
const KINDS = {
  static_select: ["selected_option", "initial_option", "options"],
  external_select: ["selected_option", "initial_option", "app"],
  users_select: ["selected_user", "initial_user", "people"],
  conversations_select: ["selected_conversation", "initial_conversation", "channels"],
  channels_select: ["selected_channel", "initial_channel", "channels"],
  multi_static_select: ["selected_options", "initial_options", "options"],
  multi_external_select: ["selected_options", "initial_options", "app"],
  multi_users_select: ["selected_users", "initial_users", "people"],
  multi_conversations_select: ["selected_conversations", "initial_conversations", "channels"],
  multi_channels_select: ["selected_channels", "initial_channels", "channels"],
};

/** A select menu, or null when the element is something else. @param {Control} bond */
export function picker(bond) {
  return Object.hasOwn(KINDS, bond.element.type) ? new Picker(bond).trigger : null;
}

class Picker {
  /** @param {Control} bond */
  constructor(bond) {
    this.bond = bond;
    const [name, initial, source] = KINDS[bond.element.type];
    this.name = name;
    this.source = source;
    this.several = bond.element.type.startsWith("multi_");
    this.known = new Map();
    started(bond, { [name]: bond.element[initial] ?? (this.several ? [] : null) });
    this.label = words(bond.element.placeholder) || "Choose…";
    this.trigger = h("button", { type: "button", class: "picker", "aria-haspopup": "listbox", "aria-expanded": "false", data: bond.data, on: { click: () => this.open() } });
    this.trigger.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.onKey(event));
    this.draw();
  }

  /** @returns {any[]} what is chosen: options, or ids of people and channels */
  chosen() {
    const { block, element } = this.bond;
    const value = this.bond.surface.values.all[block.block_id][element.action_id][this.name];
    return this.several ? /** @type {any[]} */ (value ?? []) : value ? [value] : [];
  }

  draw() {
    const chosen = this.chosen();
    const names = chosen.map((value) => this.nameOf(value)).join(", ");
    const text = h("span", { class: names ? "picker__value" : "picker__hint", dir: "auto" }, names || this.label);
    show(this.trigger, text, icon("down"));
    this.trigger.setAttribute("aria-label", names ? `${this.label}: ${names}` : this.label);
  }

  /** @param {any} value */
  nameOf(value) {
    if (typeof value !== "string") return words(value.text);
    const all = this.source === "people" ? this.bond.surface.people() : this.bond.surface.channels();
    return all.find((item) => item.key === value)?.label ?? value;
  }

  open() {
    const chosen = new Set(this.chosen().map(keyOf));
    const filter = this.source !== "options" || this.fixed().length > 8;
    openMenu({ anchor: this.trigger, label: this.label, filter, several: this.several, chosen, find: (typed) => this.find(typed), onPick: (item) => this.pick(item, chosen) });
  }

  /** @param {string} typed @returns {Item[] | Promise<Item[]>} */
  find(typed) {
    const { surface, block, element } = this.bond;
    if (this.source === "people") return among(surface.people())(typed);
    if (this.source === "channels") return among(surface.channels())(typed);
    if (this.source === "options") return among(this.fixed())(typed);
    if (typed.length < (element.min_query_length ?? 3)) return [];
    return surface.options(block, element, typed).then((options) => this.items(options));
  }

  /** @returns {Item[]} */
  fixed() {
    return this.items(this.bond.element.option_groups ?? this.bond.element.options ?? []);
  }

  /** Options, or groups of options, as menu items. @param {any[]} options @returns {Item[]} */
  items(options) {
    return options.flatMap(/** @returns {Item[]} */ (/** @type {any} */ option) => {
      if (option.options) return this.items(option.options).map((item) => ({ ...item, group: words(option.label) }));
      this.known.set(option.value, option);
      return [{ key: option.value, label: words(option.text), detail: words(option.description) }];
    });
  }

  /** @param {Item} item @param {Set<string>} chosen */
  async pick(item, chosen) {
    const { element } = this.bond;
    if (element.ask && !(await element.ask())) return;
    const value = this.known.get(item.key) ?? item.key;
    change(this.bond, { [this.name]: this.several ? this.toggled(item.key, value, chosen) : value });
    this.draw();
  }

  /** @param {string} key @param {any} value @param {Set<string>} chosen */
  toggled(key, value, chosen) {
    const present = this.chosen();
    if (chosen.delete(key)) return present.filter((other) => keyOf(other) !== key);
    if (present.length >= (this.bond.element.max_selected_items ?? 100)) return present;
    chosen.add(key);
    return [...present, value];
  }

  /** Down opens; Backspace empties. @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.open();
    else if (event.key === "Backspace" && this.bond.block.type === "input") {
      change(this.bond, { [this.name]: this.several ? [] : null });
      this.draw();
    } else return;
    event.preventDefault();
  }
}

/** @param {any} value */
function keyOf(value) {
  return typeof value === "string" ? value : value.value;
}
