/** The centre: a channel's header, bookmarks, messages and composer. */

import { post } from "../api.js";
import { reason } from "../actions.js";
import { h, link, show } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { toast } from "../ui/toast.js";
import { inline } from "../text/mrkdwn.js";
import { emoji } from "../text/emoji.js";
import { Composer } from "../compose/composer.js";
import { MessageList } from "./timeline.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {import("../state.js").Channel} Channel
 */

/** @param {App} app @param {HTMLElement} root */
export function mountChannel(app, root) {
  const list = new MessageList(app, { label: "Messages" });
  const composer = new Composer(app, { onUp: () => list.list.querySelector("article:last-of-type")?.focus() });
  const head = h("header", { class: "channel-head" });
  const marks = h("nav", { class: "bookmarks", "aria-label": "Bookmarks" });
  const foot = h("div", { class: "channel-foot" });
  show(root, head, marks, list.root, foot);
  const drawHead = () => {
    const channel = app.state.current();
    if (!channel) return;
    show(head, headOf(app, channel));
    marks.hidden = !channel.bookmarks?.length;
    show(marks, (channel.bookmarks ?? []).map(bookmark));
    const standing = standsIn(app, channel);
    if (foot.firstChild !== composer.root || standing) show(foot, standing ?? composer.root);
  };
  let pins = "";
  app.state.on(["channels"], () => {
    drawHead();
    const now = String(app.state.current()?.pins);
    if (now !== pins) list.draw();
    pins = now;
  });
  app.state.on(["place"], () => {
    const channel = app.state.current();
    root.hidden = app.state.place.kind === "home";
    if (!channel) return;
    drawHead();
    pins = String(channel.pins);
    list.open(app.feed.timeline(channel.id));
    composer.aim({ channel: channel.id, thread: "" }, `Message ${channel.is_im ? "" : "#"}${app.state.channelName(channel)}`);
    if (matchMedia("(min-width: 721px)").matches) composer.focus();
  });
  return { list, composer };
}

/** @param {App} app @param {Channel} channel */
function headOf(app, channel) {
  const name = app.state.channelName(channel);
  const details = (/** @type {string} */ label, /** @type {import("../ui/dom.js").Child[]} */ ...face) =>
    h("button", { type: "button", class: "chip", "aria-label": label, title: label, on: { click: () => app.state.setSide({ kind: "details", channel: channel.id }) } }, face);
  return [
    h("button", { type: "button", class: "icon-button only-narrow", "aria-label": "Back to channels", on: { click: () => (document.body.dataset.pane = "list") } }, icon("back")),
    h("h1", { class: "channel-head__name" }, channel.is_im ? null : icon(channel.is_private ? "lock" : "hash"), h("bdi", null, name), channel.is_archived ? h("span", { class: "badge" }, "archived") : null),
    h("div", { class: "channel-head__topic", dir: "auto", title: channel.topic ?? "" }, channel.topic ? inline(channel.topic, app.reader()) : null),
    channel.pins?.length ? details(`${channel.pins.length} pinned`, icon("pin"), channel.pins.length) : null,
    channel.is_im ? null : details(`${channel.members?.length ?? 0} members, details`, icon("people"), channel.members?.length ?? 0),
  ];
}

/** @param {import("../state.js").Bookmark} mark */
function bookmark(mark) {
  const face = emoji((mark.emoji ?? "").replaceAll(":", "")) ?? null;
  return h("span", { class: "bookmark" }, face ? `${face} ` : icon("link"), link(mark.link, mark.title || mark.link));
}

/** What stands in place of the composer, if nothing can be written here. @param {App} app @param {Channel} channel */
function standsIn(app, channel) {
  if (channel.is_archived) return h("div", { class: "channel-foot__note" }, "This channel is archived. It can be read, not written to.");
  if (channel.is_im || channel.is_member) return null;
  const join = async () => {
    const answer = await post("/client/join", { user: app.state.me, channel: channel.id });
    if (answer.ok === false) toast(`Not joined: ${reason(answer.error)}.`, "bad");
    await app.loadChannels();
  };
  return h("div", { class: "channel-foot__note" }, "You are not in this channel.", h("button", { type: "button", class: "button button--primary", on: { click: join } }, `Join #${channel.name}`));
}
