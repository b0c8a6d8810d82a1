/** The list of messages: days, the line above what is new, and a scroll position that stays where it was. */

import { append, h, show } from "../ui/dom.js";
import { refocus } from "../ui/focus.js";
import { post } from "../api.js";
import { dayName, isoDay } from "../text/dates.js";
import { authorOf, messageNode } from "./message.js";
import { Toolbar } from "./toolbar.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {import("../feed.js").Message} Message
 * @typedef {import("../feed.js").Timeline} Timeline
 */

/** Messages of one author within this many seconds stand together. */
const TOGETHER = 300;
/** So near to the end counts as the end. */
const NEAR_PX = 60;

export class MessageList {
  /** @param {App} app @param {{label: string}} options */
  constructor(app, { label }) {
    this.app = app;
    /** @type {Timeline | null} */
    this.timeline = null;
    this.newFrom = "";
    this.stuck = true;
    this.list = h("div", { class: "timeline__list", role: "log", "aria-live": "off", "aria-label": label });
    this.jump = h("button", { type: "button", class: "timeline__jump", hidden: true, on: { click: () => this.toEnd() } });
    this.scroll = h("div", { class: "timeline__scroll", tabindex: 0, "aria-label": label, role: "region" }, this.list);
    this.root = h("div", { class: "timeline" }, this.scroll, this.jump);
    this.toolbar = new Toolbar(app, this);
    this.scroll.addEventListener("scroll", () => this.onScroll());
    this.scroll.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.onKey(event));
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.list);
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.scroll);
    document.addEventListener("visibilitychange", () => this.markRead());
    app.state.on(["timeline"], (timeline) => timeline === this.timeline && this.draw());
    app.state.on(["gone"], ({ timeline }) => timeline === this.timeline && this.keepPlace(() => this.draw()));
    app.state.on(["message"], (change) => change.timeline === this.timeline && this.onMessage(change));
  }

  /** Shows this timeline from its end. @param {Timeline} timeline */
  open(timeline) {
    this.timeline = timeline;
    this.stuck = true;
    this.jump.hidden = true;
    const channel = this.app.state.channels.get(timeline.channel);
    this.newFrom = !timeline.thread && channel?.unread ? channel.last_read || "0" : "";
    this.draw();
    this.toEnd();
  }

  draw() {
    const { timeline } = this;
    if (!timeline) return;
    const wasStuck = this.stuck;
    this.keepPlace(() => show(this.list, this.opening(timeline), this.rows(timeline.sorted())));
    if (wasStuck) this.toEnd();
    this.markRead();
  }

  /** @param {Timeline} timeline */
  opening(timeline) {
    if (!timeline.loaded) return h("div", { class: "timeline__note" }, "Loading…");
    if (timeline.hasMore) return h("button", { type: "button", class: "link-button timeline__more", on: { click: () => this.app.feed.loadEarlier(timeline) } }, "Show earlier messages");
    if (timeline.thread) return null;
    return h("div", { class: "timeline__note" }, timeline.messages.size ? "This is the beginning." : "Nothing here yet.");
  }

  /** @param {Message[]} messages */
  rows(messages) {
    return messages.flatMap((message, index) => [...this.marks(messages[index - 1], message), this.row(messages[index - 1], message)]);
  }

  /** The separators that stand above a message. @param {Message | undefined} before @param {Message} message */
  marks(before, message) {
    const { state } = this.app;
    const zone = state.zone();
    const marks = [];
    const day = isoDay(Number(message.ts), zone);
    if (!before || isoDay(Number(before.ts), zone) !== day) {
      marks.push(h("div", { class: "rule", role: "separator" }, h("span", null, dayName(Number(message.ts), state.now(), zone))));
    }
    const fresh = (/** @type {Message | undefined} */ one) => one && this.newFrom && Number(one.ts) > Number(this.newFrom) && one.user !== state.me;
    if (fresh(message) && !fresh(before)) marks.push(h("div", { class: "rule rule--new", role: "separator" }, h("span", null, "New")));
    return marks;
  }

  /** @param {Message | undefined} before @param {Message} message */
  row(before, message) {
    const { channel, thread } = /** @type {Timeline} */ (this.timeline);
    const node = messageNode(this.app, message, { channel, thread, compact: this.continues(before, message) });
    this.toolbar.watch(node, message);
    if (thread && message.ts === thread) return h("div", { class: "thread-start" }, node, this.countRule(message));
    return node;
  }

  /** @param {Message} parent */
  countRule(parent) {
    const count = parent.reply_count ?? 0;
    return count ? h("div", { class: "rule rule--left" }, h("span", null, `${count} ${count === 1 ? "reply" : "replies"}`)) : null;
  }

  /** @param {Message | undefined} before @param {Message} message */
  continues(before, message) {
    if (!before || before.ts === this.timeline?.thread || Boolean(before.ephemeral) !== Boolean(message.ephemeral)) return false;
    const same = authorOf(this.app, before).name === authorOf(this.app, message).name && before.user === message.user;
    const near = Number(message.ts) - Number(before.ts) < TOGETHER;
    return same && near && !this.marks(before, message).length && !before.subtype && !message.subtype;
  }

  /** @param {{message: Message, fresh: boolean}} change */
  onMessage({ message, fresh }) {
    if (fresh) return this.onFresh(message);
    const old = this.node(message.ts);
    if (!old) return this.draw();
    const sorted = /** @type {Timeline} */ (this.timeline).sorted();
    const before = sorted[sorted.findIndex((one) => one.ts === message.ts) - 1];
    this.keepPlace(() => refocus(old, () => {
      const row = this.row(before, message);
      (old.closest(".thread-start") ?? old).replaceWith(row);
      return row;
    }));
  }

  /** @param {Message} message */
  onFresh(message) {
    const mine = message.user === this.app.state.me;
    if (!mine && (!this.stuck || document.hidden) && !this.newFrom && !this.timeline?.thread) this.newFrom = this.before(message);
    if (mine || message.ephemeral) this.stuck = true;
    if (!this.added(message)) this.draw();
    if (!this.stuck) this.offerJump();
  }

  /** Puts the newest message below the others without touching them; false when it is not the newest. @param {Message} message */
  added(message) {
    const [before, last] = /** @type {Timeline} */ (this.timeline).sorted().slice(-2);
    if (last !== message || !this.node(before.ts)) return false;
    append(this.list, [...this.marks(before, message), this.row(before, message)]);
    if (this.stuck) this.toEnd();
    this.markRead();
    return true;
  }

  /** The moment before a message. @param {Message} message */
  before(message) {
    return (Number(message.ts) - 0.000001).toFixed(6);
  }

  offerJump() {
    this.jump.hidden = false;
    show(this.jump, "New messages ↓");
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.jump.hidden = true;
  }

  onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    this.stuck = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (!this.stuck) return;
    this.jump.hidden = true;
    this.markRead();
  }

  /** Draws without moving what the person looks at. @param {() => void} draw */
  keepPlace(draw) {
    const top = this.scroll.getBoundingClientRect().top;
    const anchor = [...this.list.querySelectorAll("article")].find((node) => node.getBoundingClientRect().bottom > top);
    const offset = anchor?.getBoundingClientRect().top ?? 0;
    const ts = anchor?.dataset.ts;
    const stuck = this.stuck;
    draw();
    const again = ts && this.node(ts);
    if (stuck) this.toEnd();
    else if (again) this.scroll.scrollTop += again.getBoundingClientRect().top - offset;
  }

  /** @param {string} ts @returns {HTMLElement | null} */
  node(ts) {
    return this.list.querySelector(`article[data-ts="${CSS.escape(ts)}"]`);
  }

  /** What is seen is read, told to the server once. */
  markRead() {
    const { timeline } = this;
    const channel = timeline && !timeline.thread && this.app.state.channels.get(timeline.channel);
    if (!channel || !timeline.loaded || !this.stuck || document.hidden || !this.root.isConnected) return;
    const newest = timeline.sorted().filter((message) => !message.local).at(-1);
    if (!newest || (!channel.unread && Number(channel.last_read || 0) >= Number(newest.ts))) return;
    channel.last_read = newest.ts;
    channel.unread = 0;
    channel.mentions = 0;
    this.app.state.tell("channels");
    post("/client/read", { user: this.app.state.me, channel: channel.id, ts: newest.ts });
  }

  /** Arrows walk from message to message. @param {KeyboardEvent} event */
  onKey(event) {
    const articles = /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("article")]);
    const held = /** @type {HTMLElement} */ (event.target);
    const at = articles.findIndex((node) => node === held);
    if (held !== this.scroll && at < 0) return;
    const goal = { ArrowDown: at < 0 ? articles.length - 1 : at + 1, ArrowUp: at < 0 ? articles.length - 1 : at - 1, Home: 0, End: articles.length - 1 }[event.key];
    if (goal !== undefined) {
      articles[goal]?.focus();
      event.preventDefault();
    } else if (at >= 0) this.toolbar.onKey(event, articles[at].dataset.ts ?? "");
  }
}
