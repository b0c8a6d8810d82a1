/** The left column: the workspace, who one acts as, channels, direct messages, the app. */

import { h, show } from "../ui/dom.js";
import { avatar } from "../ui/avatar.js";
import { icon } from "../ui/icons.js";
import { among, openMenu } from "../ui/menu.js";
import { browseChannels, createChannel, newDirect } from "./channel_dialogs.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {import("../state.js").Channel} Channel
 */

/** @param {App} app @param {HTMLElement} root */
export function mountSidebar(app, root) {
  const team = h("div", { class: "sidebar__team", dir: "auto" });
  const person = h("button", { type: "button", class: "persona", "aria-haspopup": "listbox", on: { click: () => switchPerson(app, person) } });
  const list = h("nav", { class: "sidebar__list", "aria-label": "Channels" });
  list.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => walk(event, list));
  show(root, h("div", { class: "sidebar__head" }, team, person), list);
  const draw = () => {
    show(team, app.state.team.name || "Workspace");
    const me = app.state.users.get(app.state.me);
    const name = app.state.personName(app.state.me) ?? "…";
    show(person, me ? avatar({ ...me, name }) : null, h("span", { class: "persona__words" }, h("span", { class: "persona__hint" }, "You are"), h("strong", { dir: "auto" }, name)), icon("down"));
    person.setAttribute("aria-label", `You are ${name}. Switch person`);
    keepFocus(list, () => show(list, sections(app)));
    titleOf(app);
  };
  app.state.on(["people", "channels", "place"], draw);
}

/** @param {App} app */
function sections(app) {
  const { rooms, directs } = app.state.ordered();
  const robot = app.state.users.get(app.state.bot);
  const people = directs.filter((direct) => direct.user !== app.state.bot);
  const talk = directs.find((direct) => direct.user === app.state.bot);
  return [
    section("Channels", [addButton(app)], rooms.map((room) => row(app, room))),
    section("Direct messages", [plus("New direct message", (anchor) => newDirect(app, anchor))], people.map((direct) => row(app, direct))),
    robot ? section("App", [], [homeRow(app), talk ? row(app, talk) : talkRow(app, robot)]) : null,
  ];
}

/** @param {string} title @param {Node[]} tools @param {Node[]} rows */
function section(title, tools, rows) {
  return h("section", { class: "sidebar__section", "aria-label": title }, h("div", { class: "sidebar__title" }, h("h2", null, title), tools), rows);
}

/** @param {string} label @param {(anchor: HTMLElement) => void} press */
function plus(label, press) {
  return h("button", { type: "button", class: "icon-button icon-button--dim", "aria-label": label, title: label, on: { click: (/** @type {any} */ event) => press(event.currentTarget) } }, icon("plus"));
}

/** @param {App} app */
function addButton(app) {
  const items = [{ key: "browse", label: "Browse channels" }, { key: "create", label: "Create a channel" }];
  return plus("Add a channel", (anchor) => openMenu({ anchor, label: "Add a channel", find: () => items, onPick: ({ key }) => (key === "browse" ? browseChannels(app, anchor) : createChannel(app)) }));
}

/** @param {App} app @param {Channel} channel */
function row(app, channel) {
  const here = app.state.place.kind === "channel" && app.state.place.id === channel.id;
  const name = app.state.channelName(channel);
  const other = app.state.users.get(channel.user ?? "");
  const mark = channel.is_im && other ? avatar({ ...other, name }, "small") : icon(channel.is_private ? "lock" : "hash");
  const loud = channel.is_im ? channel.unread : channel.mentions;
  const label = `${name}${channel.is_private ? ", private" : ""}${channel.unread ? `, ${channel.unread} unread` : ""}`;
  return h(
    "button",
    { type: "button", class: `sidebar__row${channel.unread ? " sidebar__row--unread" : ""}`, "aria-current": here ? "page" : null, "aria-label": label, data: { channel: channel.id }, on: { click: () => app.openChannel(channel.id) } },
    mark,
    h("span", { class: "sidebar__name", dir: "auto" }, name),
    loud ? h("span", { class: "count", "aria-hidden": "true" }, loud > 99 ? "99+" : loud) : null,
  );
}

/** @param {App} app */
function homeRow(app) {
  const here = app.state.place.kind === "home";
  return h("button", { type: "button", class: "sidebar__row", "aria-current": here ? "page" : null, data: { channel: "home" }, on: { click: () => app.openHome() } }, icon("home"), h("span", { class: "sidebar__name" }, `${app.state.personName(app.state.bot)} Home`));
}

/** @param {App} app @param {import("../state.js").User} robot */
function talkRow(app, robot) {
  const name = robot.real_name || robot.name;
  return h("button", { type: "button", class: "sidebar__row", data: { channel: "app" }, on: { click: () => app.openPerson(robot.id) } }, avatar({ ...robot, name }, "small"), h("span", { class: "sidebar__name" }, name));
}

/** @param {App} app @param {HTMLElement} anchor */
function switchPerson(app, anchor) {
  const items = app.state.persons().map((user) => {
    const name = user.real_name || user.name;
    const belongs = user.is_stranger ? "Other workspace" : user.is_restricted ? "Guest" : `@${user.name}`;
    return { key: user.id, label: name, detail: belongs, mark: avatar({ ...user, name }) };
  });
  openMenu({ anchor, label: "Act as", filter: items.length > 8, chosen: new Set([app.state.me]), find: among(items), onPick: ({ key }) => key !== app.state.me && app.actAs(key, place(app)) });
}

/** Another person looks at the same place, when they may see it. @param {App} app */
function place(app) {
  return app.state.place.kind === "channel" ? app.state.place.id : app.state.place.kind;
}

/** Arrow keys walk the rows. @param {KeyboardEvent} event @param {HTMLElement} list */
function walk(event, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.altKey) return;
  const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".sidebar__row")]);
  rows[rows.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + step]?.focus();
  event.preventDefault();
}

/** @param {HTMLElement} list @param {() => void} draw */
function keepFocus(list, draw) {
  const held = list.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.channel : undefined;
  const { scrollTop } = list;
  draw();
  list.scrollTop = scrollTop;
  if (held) /** @type {HTMLElement | null} */ (list.querySelector(`[data-channel="${CSS.escape(held)}"]`))?.focus();
}

/** The window's title says where one is and how much waits. @param {App} app */
function titleOf(app) {
  const waiting = [...app.state.channels.values()].reduce((sum, channel) => sum + (channel.is_im ? channel.unread : channel.mentions), 0);
  const current = app.state.current();
  const place = current ? app.state.channelName(current) : "Home";
  document.title = `${waiting ? `(${waiting}) ` : ""}${place} · ${app.state.team.name || "Sandbox"}`;
}
