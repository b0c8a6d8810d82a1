/** The small row of actions on the message under the pointer or the focus. */

import { h } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { openMenu } from "../ui/menu.js";
import { toast } from "../ui/toast.js";
import { emoji, emojiNames, USUAL } from "../text/emoji.js";
import { react, runShortcut } from "../actions.js";
import { deleteMessage, editMessage } from "./message_dialogs.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {import("../feed.js").Message} Message
 * @typedef {import("./timeline.js").MessageList} MessageList
 */

const QUICK = ["white_check_mark", "eyes", "pushpin"];

export class Toolbar {
  /** @param {App} app @param {MessageList} list */
  constructor(app, list) {
    this.app = app;
    this.list = list;
    /** @type {Message | null} */
    this.message = null;
    const quick = QUICK.map((name) => this.button(emoji(name) ?? name, `React with ${name.replaceAll("_", " ")}`, () => this.react(name)));
    this.thread = this.button(icon("reply"), "Reply in thread", () => this.openThread());
    this.smile = this.button(icon("smile"), "Add a reaction", () => this.pickReaction(this.smile));
    this.more = this.button(icon("more"), "More actions", () => this.openMore());
    this.root = h("div", { class: "toolbar", role: "toolbar", "aria-label": "Message actions" }, quick, this.smile, this.thread, this.more);
  }

  /** @param {Node | string} face @param {string} label @param {() => void} press @returns {HTMLElement} */
  button(face, label, press) {
    return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: press } }, face);
  }

  /** Appears on this message when it is pointed at or focused. @param {HTMLElement} node @param {Message} message */
  watch(node, message) {
    const appear = () => {
      if (message.ephemeral || node.contains(this.root)) return;
      this.message = message;
      this.thread.hidden = Boolean(this.list.timeline?.thread);
      node.appendChild(this.root);
    };
    node.addEventListener("pointerenter", appear);
    node.addEventListener("focusin", appear);
  }

  /** @param {string} name */
  react(name) {
    if (this.message && this.list.timeline) react(this.app, this.list.timeline.channel, this.message, name);
  }

  openThread() {
    if (!this.message || !this.list.timeline) return;
    this.app.openThread(this.list.timeline.channel, this.message.thread_ts ?? this.message.ts);
  }

  /** @param {HTMLElement} anchor */
  pickReaction(anchor) {
    const item = (/** @type {string} */ name) => ({ key: name, label: `${emoji(name)}  ${name.replaceAll("_", " ")}` });
    openMenu({
      anchor, label: "Reactions", filter: true,
      find: (words) => (words ? emojiNames(words.replaceAll(" ", "_"), 40) : USUAL).map(item),
      onPick: ({ key }) => this.react(key),
    });
  }

  /** Whether the person wrote this message themselves. */
  own() {
    return this.message?.user === this.app.state.me && !this.message?.bot_id && !this.message?.subtype;
  }

  openMore() {
    const shortcuts = this.app.state.shortcuts.filter((one) => one.type === "message");
    const mine = [{ key: "edit", label: "Edit message" }, { key: "delete", label: "Delete message", danger: true }];
    const all = [{ key: "copy", label: "Copy text" }, ...(this.own() ? mine : [])].map((item) => ({ ...item, group: "Message" }));
    const items = [...shortcuts.map((one) => ({ key: one.callback_id, label: one.name, group: "Apps" })), ...all];
    openMenu({ anchor: this.more, label: "More actions", find: () => items, onPick: ({ key }) => this.run(key) });
  }

  /** @param {string} key */
  run(key) {
    const { message } = this;
    const channel = this.list.timeline?.channel;
    if (!message || !channel) return;
    const shortcut = this.app.state.shortcuts.find((one) => one.callback_id === key && one.type === "message");
    if (shortcut) runShortcut(this.app, shortcut, { channel, ts: message.ts });
    else if (key === "edit") editMessage(this.app, channel, message);
    else if (key === "delete") deleteMessage(this.app, channel, message);
    else navigator.clipboard?.writeText(message.text ?? "").then(() => toast("Copied."), () => toast("The browser did not allow copying.", "bad"));
  }

  /** `t` opens the thread, `r` the reactions, `e` edits the focused message. @param {KeyboardEvent} event @param {string} ts */
  onKey(event, ts) {
    const node = this.list.node(ts);
    if (event.ctrlKey || event.metaKey || event.altKey || !node?.contains(this.root)) return;
    if (event.key === "t" && !this.thread.hidden) this.openThread();
    else if (event.key === "r") this.pickReaction(this.smile);
    else if (event.key === "e" && this.own()) this.run("edit");
    else return;
    event.preventDefault();
  }
}
