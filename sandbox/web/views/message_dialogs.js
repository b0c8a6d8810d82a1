/** What one may do to one's own messages: change and delete them. */

import { post } from "../api.js";
import { reason } from "../actions.js";
import { message as outgoing, typed } from "../compose/outgoing.js";
import { h } from "../ui/dom.js";
import { closeDialog, confirmDialog, dialogFrame, openDialog } from "../ui/dialog.js";
import { toast } from "../ui/toast.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {import("../feed.js").Message} Message
 */

/** @param {App} app @param {string} channel @param {Message} message */
export function editMessage(app, channel, message) {
  const box = h("textarea", { class: "field", rows: 4, dir: "auto", "aria-label": "Message", value: typed(message.text ?? "", app.state) });
  const close = () => closeDialog(dialog);
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    const answer = await post("/client/message/edit", { user: app.state.me, channel, ts: message.ts, text: outgoing(text, app.state) });
    if (answer.ok) return close();
    toast(`Not changed: ${reason(answer.error)}.`, "bad");
  };
  const form = h(
    "form",
    { on: { submit: save } },
    box,
    h("div", { class: "row row--end" }, h("button", { type: "button", class: "button", on: { click: close } }, "Cancel"), h("button", { type: "submit", class: "button button--primary" }, "Save")),
  );
  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  const dialog = dialogFrame({ title: "Edit message", body: form, onDismiss: close });
  openDialog(dialog);
  box.focus();
}

/** @param {App} app @param {string} channel @param {Message} message */
export async function deleteMessage(app, channel, message) {
  const text = document.createTextNode("It disappears for everybody.");
  const sure = await confirmDialog({ title: "Delete this message?", text, confirm: "Delete", deny: "Keep", danger: true });
  if (!sure) return;
  const answer = await post("/client/message/delete", { user: app.state.me, channel, ts: message.ts });
  if (!answer.ok) toast(`Not deleted: ${reason(answer.error)}.`, "bad");
}
