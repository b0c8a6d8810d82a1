/** The messages of channels and threads as they are known here, kept up to date by events. */

import { get } from "./api.js";

/**
 * @typedef {Record<string, any> & {ts: string}} Message
 * @typedef {import("./state.js").State} State
 */

/** One channel's or one thread's messages. */
export class Timeline {
  /** @param {string} channel @param {string} [thread] */
  constructor(channel, thread) {
    this.channel = channel;
    this.thread = thread ?? "";
    /** @type {Map<string, Message>} */
    this.messages = new Map();
    this.hasMore = false;
    this.loaded = false;
    /** What events said while the messages were being loaded; null stands for a deleted one. @type {Map<string, Message | null> | null} */
    this.arriving = null;
  }

  /** Oldest first. */
  sorted() {
    return [...this.messages.values()].sort((a, b) => Number(a.ts) - Number(b.ts));
  }

  newest() {
    return this.sorted().at(-1) ?? null;
  }
}

export class Feed {
  /** @param {State} state */
  constructor(state) {
    this.state = state;
    /** @type {Map<string, Timeline>} */
    this.timelines = new Map();
    this.generation = 0;
  }

  /** Forgets everything: another person looks. */
  clear() {
    this.generation += 1;
    this.timelines.clear();
  }

  /** @param {string} channel @param {string} [thread] */
  timeline(channel, thread) {
    const key = `${channel}:${thread ?? ""}`;
    let timeline = this.timelines.get(key);
    if (!timeline) this.timelines.set(key, (timeline = new Timeline(channel, thread)));
    return timeline;
  }

  /** Loads the newest messages; what is already shown stays until they are there. @param {Timeline} timeline */
  async load(timeline) {
    const { generation } = this;
    const arrived = new Map();
    timeline.arriving = arrived;
    const answer = await this.fetch(timeline, {});
    if (generation !== this.generation || !answer.messages) return;
    timeline.messages = new Map(answer.messages.map((/** @type {Message} */ message) => [message.ts, message]));
    for (const [ts, message] of arrived) message ? timeline.messages.set(ts, message) : timeline.messages.delete(ts);
    timeline.hasMore = Boolean(answer.has_more);
    timeline.loaded = true;
    timeline.arriving = null;
    this.state.tell("timeline", timeline);
  }

  /** Loads messages before the oldest known one. @param {Timeline} timeline */
  async loadEarlier(timeline) {
    const oldest = timeline.sorted()[0];
    const answer = await this.fetch(timeline, { before: oldest?.ts });
    for (const message of answer.messages ?? []) timeline.messages.set(message.ts, message);
    timeline.hasMore = Boolean(answer.has_more);
    this.state.tell("timeline", timeline);
  }

  /** @param {Timeline} timeline @param {Record<string, unknown>} more */
  fetch(timeline, more) {
    return get("/client/messages", { user: this.state.me, channel: timeline.channel, thread_ts: timeline.thread, limit: 100, ...more });
  }

  /** A message that is known here. @param {string} channel @param {string} ts */
  find(channel, ts) {
    for (const timeline of this.timelines.values()) {
      const message = timeline.channel === channel ? timeline.messages.get(ts) : null;
      if (message) return message;
    }
    return null;
  }

  /** A new or changed message. @param {string} channel @param {Message} message */
  put(channel, message) {
    const isReply = message.thread_ts && message.thread_ts !== message.ts;
    if (!isReply || message.subtype === "thread_broadcast") this.placeIn(this.timelines.get(`${channel}:`), message);
    const thread = message.thread_ts ?? message.ts;
    this.placeIn(this.timelines.get(`${channel}:${thread}`), message);
    if (isReply && !message.ephemeral) this.countReply(channel, message);
  }

  /** @param {Timeline | undefined} timeline @param {Message} message */
  placeIn(timeline, message) {
    if (!timeline) return;
    const fresh = !timeline.messages.has(message.ts);
    timeline.messages.set(message.ts, message);
    timeline.arriving?.set(message.ts, message);
    this.state.tell("message", { timeline, message, fresh });
  }

  /** The parent's count, until the server says it itself. @param {string} channel @param {Message} reply */
  countReply(channel, reply) {
    const parent = this.find(channel, reply.thread_ts);
    if (!parent || Number(parent.latest_reply ?? 0) >= Number(reply.ts)) return;
    const users = new Set([...(parent.reply_users ?? []), reply.user]);
    this.put(channel, { ...parent, reply_count: (parent.reply_count ?? 0) + 1, reply_users: [...users], latest_reply: reply.ts });
  }

  /** @param {string} channel @param {string} ts */
  drop(channel, ts) {
    for (const timeline of this.timelines.values()) {
      if (timeline.channel !== channel) continue;
      timeline.arriving?.set(ts, null);
      if (timeline.messages.delete(ts)) this.state.tell("gone", { timeline, ts });
    }
  }
}
