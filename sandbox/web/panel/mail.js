/** The panel's mailbox: every letter that the bot sent, to whomever; none of them leaves this machine. */

import { get } from "../api.js";
import { clockTime } from "../text/dates.js";
import { h, show } from "../ui/dom.js";

/** @typedef {import("../app.js").App} App */

const POLL_MS = 5000;
const MOST = 50;

/** @param {App} app */
export function mountMail(app) {
  const letters = h("div", { class: "panel__stack" });
  const root = h("div", { class: "panel__stack" }, letters);
  let visible = false;
  let shown = "";
  const load = async () => {
    const answer = await get("/control/mail");
    const now = JSON.stringify(answer.letters ?? []);
    if (!answer.letters || now === shown) return;
    shown = now;
    show(letters, answer.letters.length ? answer.letters.slice(0, MOST).map((/** @type {any} */ one) => letter(app, one)) : empty());
  };
  setInterval(() => visible && !document.hidden && load(), POLL_MS);
  return { root, setShown: (/** @type {boolean} */ now) => void ((visible = now) && load()) };
}

function empty() {
  return h("p", { class: "muted" }, "No mail. What the bot writes to anybody arrives here, whatever the address.");
}

/** @param {App} app @param {any} one */
function letter(app, one) {
  return h(
    "article",
    { class: "page" },
    h("div", { class: "page__head" }, h("span", { class: "muted", dir: "auto" }, `To ${one.recipient}`), h("span", { class: "muted" }, clockTime(one.at, app.state.zone()))),
    h("strong", { dir: "auto" }, one.subject),
    h("p", { dir: "auto", class: "letter" }, one.text),
    h("div", { class: "muted" }, `From ${one.sender}`),
  );
}
