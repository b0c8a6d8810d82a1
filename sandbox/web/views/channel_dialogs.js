/** Small questions about channels: create one, find one, talk to somebody, jump anywhere. */

import { post } from "../api.js";
import { reason } from "../actions.js";
import { h } from "../ui/dom.js";
import { closeDialog, dialogFrame, openDialog } from "../ui/dialog.js";
import { among, openMenu } from "../ui/menu.js";

/** @typedef {import("../app.js").App} App */

/** @param {App} app */
export function createChannel(app) {
  const name = h("input", { class: "field", id: "new-channel", autocomplete: "off", maxlength: 80, placeholder: "e.g. incident-practice" });
  const secret = h("input", { type: "checkbox" });
  const problem = h("div", { class: "input__error", role: "alert" });
  const close = () => closeDialog(dialog);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const answer = await post("/client/create_channel", { user: app.state.me, name: name.value.trim(), is_private: secret.checked });
    if (answer.ok === false || answer.error) return void (problem.textContent = `Not created: ${reason(answer.error)}.`);
    close();
    await app.loadChannels();
    const id = typeof answer.channel === "string" ? answer.channel : answer.channel?.id;
    if (id) app.openChannel(id);
  };
  const form = h(
    "form",
    { on: { submit } },
    h("div", { class: "input" }, h("label", { class: "input__label", for: "new-channel" }, "Name"), name, problem),
    h("label", { class: "choice" }, secret, h("span", null, "Private")),
    h("div", { class: "row row--end" }, h("button", { type: "button", class: "button", on: { click: close } }, "Cancel"), h("button", { type: "submit", class: "button button--primary" }, "Create")),
  );
  const dialog = dialogFrame({ title: "Create a channel", body: form, onDismiss: close, small: true });
  openDialog(dialog);
  name.focus();
}

/** Public channels one is not in, and archived ones. @param {App} app @param {HTMLElement} anchor */
export function browseChannels(app, anchor) {
  const others = [...app.state.channels.values()].filter((one) => !one.is_im && (!one.is_member || one.is_archived));
  const items = others.map((one) => ({ key: one.id, label: `#${one.name}`, detail: one.is_archived ? "Archived" : one.purpose || one.topic }));
  openMenu({ anchor, label: "channels", filter: true, find: among(items), onPick: ({ key }) => app.openChannel(key) });
}

/** @param {App} app @param {HTMLElement} anchor */
export function newDirect(app, anchor) {
  const items = app.people().filter((one) => one.key !== app.state.me);
  openMenu({ anchor, label: "people", filter: true, find: among(items), onPick: ({ key }) => app.openPerson(key) });
}

/** Jump to any channel or person by name. @param {App} app @param {HTMLElement} anchor */
export function jump(app, anchor) {
  const rooms = [...app.state.channels.values()].filter((one) => !one.is_im);
  const sorted = rooms.sort((a, b) => b.unread - a.unread || Number(b.last_ts ?? 0) - Number(a.last_ts ?? 0));
  const items = [
    ...sorted.map((one) => ({ key: one.id, label: `${one.is_private ? "🔒 " : "#"}${one.name}`, detail: one.unread ? `${one.unread} unread` : one.is_archived ? "Archived" : "" })),
    ...app.people().filter((one) => one.key !== app.state.me),
  ];
  openMenu({ anchor, label: "channels and people", filter: true, find: among(items), onPick: ({ key }) => (app.state.channels.has(key) ? app.openChannel(key) : app.openPerson(key)) });
}
