/** What the page knows: people, channels, where the person is, and the clock. */

/**
 * @typedef {{id: string, name: string, real_name?: string, tz?: string, is_bot?: boolean, is_admin?: boolean, is_restricted?: boolean, is_stranger?: boolean, avatar_color?: string}} User
 * @typedef {{command: string, description?: string, usage_hint?: string, should_escape?: boolean}} Command
 * @typedef {{name: string, type: "global" | "message", callback_id: string}} Shortcut
 * @typedef {{id: string, title: string, link: string, emoji?: string}} Bookmark
 * @typedef {{id: string, name: string, is_channel: boolean, is_private: boolean, is_im: boolean, user?: string,
 *   is_archived: boolean, is_member: boolean, topic: string, purpose: string, members: string[], unread: number,
 *   mentions: number, last_ts: string, last_read: string, bookmarks: Bookmark[], pins: string[]}} Channel
 * @typedef {{kind: "channel", id: string} | {kind: "home"} | {kind: "none"}} Place
 * @typedef {{kind: "thread", channel: string, ts: string} | {kind: "details", channel: string} | null} Side
 * @typedef {"people" | "channels" | "place" | "side" | "clock" | "bot" | "connection" | "timeline" | "message" | "gone" | "home" | "pagerduty"} Topic
 */

export class State {
  constructor() {
    /** @type {Map<Topic, Set<(detail: any) => void>>} */
    this.listeners = new Map();
    this.team = { id: "", name: "" };
    /** @type {Map<string, User>} */
    this.users = new Map();
    /** @type {Command[]} */
    this.commands = [];
    /** @type {Shortcut[]} */
    this.shortcuts = [];
    this.bot = "";
    this.me = "";
    /** @type {Map<string, Channel>} */
    this.channels = new Map();
    /** @type {Place} */
    this.place = { kind: "none" };
    /** @type {Side} */
    this.side = null;
    this.ahead = 0;
    this.offset = 0;
    /** Until when time runs ahead. @type {number | null} */
    this.until = null;
    this.botStatus = "none";
    this.connected = true;
    /** @type {any} */
    this.home = null;
  }

  /** Calls `listener` whenever one of the topics changes. @param {Topic[]} topics @param {(detail: any) => void} listener */
  on(topics, listener) {
    for (const topic of topics) {
      if (!this.listeners.has(topic)) this.listeners.set(topic, new Set());
      this.listeners.get(topic)?.add(listener);
    }
  }

  /** @param {Topic} topic @param {any} [detail] */
  tell(topic, detail) {
    for (const listener of this.listeners.get(topic) ?? []) listener(detail);
  }

  /** @param {any} bootstrap */
  introduce(bootstrap) {
    this.team = bootstrap.team ?? this.team;
    this.users = new Map((bootstrap.users ?? []).map((/** @type {User} */ user) => [user.id, user]));
    this.commands = bootstrap.commands ?? [];
    this.shortcuts = bootstrap.shortcuts ?? [];
    this.bot = bootstrap.bot_user_id ?? "";
    this.tell("people");
  }

  /** People one can act as: everybody but apps. */
  persons() {
    return [...this.users.values()].filter((user) => !user.is_bot);
  }

  /** @param {Channel[]} channels */
  setChannels(channels) {
    this.channels = new Map(channels.map((channel) => [channel.id, channel]));
    this.tell("channels");
  }

  /** @param {Channel} channel */
  putChannel(channel) {
    const before = this.channels.get(channel.id);
    this.channels.set(channel.id, before ? { ...before, ...channel } : channel);
    this.tell("channels");
  }

  /** @param {string} id */
  dropChannel(id) {
    this.channels.delete(id);
    this.tell("channels");
  }

  /** @param {Place} place */
  go(place) {
    this.place = place;
    this.tell("place");
  }

  /** @param {Side} side */
  setSide(side) {
    this.side = side;
    this.tell("side");
  }

  /** @param {{now?: number, offset?: number, until?: number | null}} clock */
  setClock({ now, offset, until }) {
    if (now !== undefined) this.ahead = now - Date.now() / 1000;
    this.offset = offset ?? this.offset;
    this.until = until ?? null;
    this.tell("clock");
  }

  /** Business time, in epoch seconds. */
  now() {
    return Date.now() / 1000 + this.ahead;
  }

  zone() {
    return this.users.get(this.me)?.tz ?? "UTC";
  }

  /** A user's shown name, or null. @param {string} id */
  personName(id) {
    const user = this.users.get(id);
    return user ? user.real_name || user.name : null;
  }

  /** What a channel is called: `name`, or the other person of a direct message. @param {Channel} channel */
  channelName(channel) {
    return channel.is_im ? (this.personName(channel.user ?? "") ?? "Direct message") : channel.name;
  }

  /** Channels in the order of the left column: rooms by name, then direct messages. */
  ordered() {
    const mine = [...this.channels.values()].filter((channel) => channel.is_im || channel.is_member);
    const named = (/** @type {Channel} */ channel) => this.channelName(channel).toLowerCase();
    const byName = (/** @type {Channel} */ a, /** @type {Channel} */ b) => named(a).localeCompare(named(b));
    const rooms = mine.filter((channel) => !channel.is_im && !channel.is_archived).sort(byName);
    return { rooms, directs: mine.filter((channel) => channel.is_im).sort(byName) };
  }

  /** The channel the person looks at, if any. */
  current() {
    return this.place.kind === "channel" ? (this.channels.get(this.place.id) ?? null) : null;
  }
}
