/** The right column: a thread, or what there is to know about a channel. */

import { get, post } from "../api.js";
import { h, show } from "../ui/dom.js";
import { avatar } from "../ui/avatar.js";
import { icon } from "../ui/icons.js";
import { toast } from "../ui/toast.js";
import { among, openMenu } from "../ui/menu.js";
import { reason } from "../actions.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { Composer } from "../compose/composer.js";
import { MessageList } from "./timeline.js";
import { messageNode } from "./message.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {import("../state.js").Channel} Channel
 */

/** @param {App} app @param {HTMLElement} root */
export function mountSide(app, root) {
  const list = new MessageList(app, { label: "Thread" });
  const composer = new Composer(app, { onUp: () => list.list.querySelector("article:last-of-type")?.focus() });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) app.state.setSide(null);
  });
  app.state.on(["side"], () => {
    const { side } = app.state;
    const held = root.contains(document.activeElement);
    root.hidden = !side;
    if (held && !side) /** @type {HTMLElement | null} */ (document.querySelector("#channel textarea"))?.focus();
    document.body.classList.toggle("has-side", Boolean(side));
    if (side?.kind === "thread") openThread(app, root, side, list, composer);
    else if (side) drawDetails(app, root, side.channel);
  });
  app.state.on(["channels"], () => {
    if (app.state.side?.kind === "details") drawDetails(app, root, app.state.side.channel);
  });
}

/** @param {App} app @param {HTMLElement} root @param {{channel: string, ts: string}} side @param {MessageList} list @param {Composer} composer */
function openThread(app, root, side, list, composer) {
  const channel = app.state.channels.get(side.channel);
  const name = channel ? `${channel.is_im ? "" : "#"}${app.state.channelName(channel)}` : "";
  const closed = !channel || channel.is_archived || !(channel.is_im || channel.is_member);
  show(root, headOf(app, "Thread", name), list.root, closed ? null : h("div", { class: "channel-foot" }, composer.root));
  list.open(app.feed.timeline(side.channel, side.ts));
  composer.aim({ channel: side.channel, thread: side.ts }, "Reply…");
  composer.focus();
}

/** @param {App} app @param {string} title @param {string} detail */
function headOf(app, title, detail) {
  const close = h("button", { type: "button", class: "icon-button", "aria-label": `Close ${title.toLowerCase()}`, on: { click: () => app.state.setSide(null) } }, icon("close"));
  return h("header", { class: "side-head" }, h("h2", null, title), h("span", { class: "muted side-head__detail", dir: "auto" }, detail), close);
}

/** @param {App} app @param {HTMLElement} root @param {string} id */
function drawDetails(app, root, id) {
  const channel = app.state.channels.get(id);
  if (!channel) return app.state.setSide(null);
  const pins = h("div", { class: "details__pins" });
  const leave = () => post("/client/leave", { user: app.state.me, channel: id }).then(() => app.loadChannels());
  show(
    root,
    headOf(app, "Details", channel.is_im ? "" : `#${channel.name}`),
    h(
      "div",
      { class: "details" },
      part("Topic", channel.topic ? h("div", { class: "text", dir: "auto" }, mrkdwn(channel.topic, app.reader())) : null),
      part("About", channel.purpose ? h("div", { class: "text", dir: "auto" }, mrkdwn(channel.purpose, app.reader())) : null),
      part("Pinned", channel.pins?.length ? pins : null),
      part(`Members`, members(app, channel)),
      channel.is_im || !channel.is_member ? null : h("div", { class: "row" }, inviteButton(app, channel), h("button", { type: "button", class: "button", on: { click: leave } }, "Leave channel")),
    ),
  );
  drawPins(app, channel, pins);
}

/** @param {string} title @param {Node | null} content */
function part(title, content) {
  return content ? h("section", { class: "details__part" }, h("h3", null, title), content) : null;
}

/** @param {App} app @param {Channel} channel */
function members(app, channel) {
  return h("div", null, (channel.members ?? []).map((id) => {
    const user = app.state.users.get(id) ?? { id, name: id };
    const name = app.state.personName(id) ?? id;
    const member = h("button", { type: "button", class: "member", on: { click: () => app.openPerson(id) } }, avatar({ ...user, name }, "small"), h("bdi", null, name), user.is_bot ? h("span", { class: "badge" }, "APP") : null);
    return h("div", { class: "row" }, member, user.is_bot ? null : deactivateButton(app, id, name));
  }));
}

/** What an administrator does when somebody leaves the company. @param {App} app @param {string} id @param {string} name */
function deactivateButton(app, id, name) {
  if (id === app.state.me || !app.state.users.get(app.state.me)?.is_admin) return null;
  const deactivate = async () => {
    const answer = await post("/client/deactivate", { user: app.state.me, leaver: id });
    toast(answer.ok ? `${name} is deactivated.` : `Not deactivated: ${reason(answer.error)}.`, answer.ok ? "plain" : "bad");
  };
  return h("button", { type: "button", class: "button button--quiet", "aria-label": `Deactivate ${name}`, on: { click: deactivate } }, "Deactivate");
}

/** @param {App} app @param {Channel} channel */
function inviteButton(app, channel) {
  const others = () => app.people().filter((one) => !app.state.channels.get(channel.id)?.members?.includes(one.key));
  const pick = async (/** @type {{key: string}} */ { key }) => {
    const answer = await post("/client/invite", { user: app.state.me, channel: channel.id, guest: key });
    if (!answer.ok) toast(`Not invited: ${reason(answer.error)}.`, "bad");
  };
  const button = h("button", { type: "button", class: "button", "aria-haspopup": "listbox" }, "Add people");
  button.addEventListener("click", () => openMenu({ anchor: button, label: "people", filter: true, find: (words) => among(others())(words), onPick: pick }));
  return button;
}

/** Pinned messages, fetched when they are not loaded. @param {App} app @param {Channel} channel @param {HTMLElement} box */
async function drawPins(app, channel, box) {
  const found = await Promise.all((channel.pins ?? []).map((ts) => app.feed.find(channel.id, ts) ?? fetchOne(app, channel.id, ts)));
  show(box, found.filter(Boolean).map((message) => messageNode(app, message, { channel: channel.id, thread: "", compact: false })));
}

/** @param {App} app @param {string} channel @param {string} ts */
async function fetchOne(app, channel, ts) {
  const before = (Number(ts) + 0.000001).toFixed(6);
  const answer = await get("/client/messages", { user: app.state.me, channel, before, limit: 1 });
  return (answer.messages ?? []).find((/** @type {any} */ message) => message.ts === ts);
}
