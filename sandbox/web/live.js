/** Events of the stream, each applied to what the page knows. */

import { commandFailed } from "./actions.js";
import { announce, toast } from "./ui/toast.js";
import { unescape } from "./text/mrkdwn.js";

/** @typedef {import("./app.js").App} App */

/** @type {Record<string, (app: App, event: any) => void>} */
const HANDLERS = {
  message: (app, { channel, message }) => {
    app.feed.put(idOf(channel), message);
    if (message.user !== app.state.me) announce(spoken(app, message));
  },
  message_changed: (app, { channel, message }) => app.feed.put(idOf(channel), message),
  message_deleted: (app, event) => app.feed.drop(idOf(event.channel), event.ts ?? event.deleted_ts ?? event.message?.ts),
  ephemeral: (app, { channel, message }) => {
    app.feed.put(idOf(channel), { ...message, ephemeral: true });
    announce(spoken(app, message));
  },
  channel: (app, { channel }) => app.state.putChannel(channel),
  channel_left: (app, event) => app.channelLeft(event.id ?? idOf(event.channel)),
  view_opened: (app, { view }) => app.modals.open(view),
  view_updated: (app, { view }) => app.modals.update(view),
  view_closed: (app, event) => app.modals.dropped(event.view_id ?? event.view?.id),
  home: (app, { view }) => {
    app.state.home = view;
    app.state.tell("home");
  },
  command_failed: (app, { channel, command, error }) =>
    commandFailed(app, { channel: idOf(channel), thread: "" }, String(command).split(/\s/)[0], error),
  toast: (_app, { text }) => toast(text),
  clock: (app, event) => app.state.setClock(event),
  bot: (app, event) => {
    app.state.botStatus = event.status;
    app.state.tell("bot", event);
  },
  pagerduty: (app) => app.state.tell("pagerduty"),
};

/** @param {App} app @param {any} event */
export function applyEvent(app, event) {
  if (Object.hasOwn(HANDLERS, event.type)) HANDLERS[event.type](app, event);
}

/** @param {any} channel an id, or an object that has one */
function idOf(channel) {
  return typeof channel === "string" ? channel : (channel?.id ?? "");
}

/** @param {App} app @param {any} message */
function spoken(app, message) {
  const who = app.state.personName(message.user ?? "") ?? message.username ?? "App";
  const names = (/** @type {string} */ _, /** @type {string} */ id) => `@${app.state.personName(id) ?? "someone"}`;
  return `${who}: ${unescape(String(message.text ?? "").replace(/<@(\w+)(?:\|[^>]*)?>/g, names))}`;
}
