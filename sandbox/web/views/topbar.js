/** The bar above everything: jump, the clock, the bot, the phone, the controls. */

import { h, show } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { clockTime } from "../text/dates.js";
import { jump } from "./channel_dialogs.js";

/** @type {Record<string, string>} */
const LIGHTS = { running: "Bot running", connecting: "Bot connecting…", stopped: "Bot stopped", none: "Bot" };

/**
 * @param {import("../app.js").App} app
 * @param {HTMLElement} root
 * @param {import("../panel/panel.js").Panel} panel
 */
export function mountTopbar(app, root, panel) {
  const open = () => jump(app, search);
  const search = h("button", { type: "button", class: "jump", "aria-haspopup": "listbox", on: { click: open } }, icon("search"), h("span", { class: "jump__words" }, "Jump to…"), h("kbd", null, "Ctrl K"));
  const lost = h("div", { class: "lost", role: "status" });
  const chip = (/** @type {any} */ tab) => h("button", { type: "button", class: "chip chip--bar", on: { click: () => panel.toggle(tab) } });
  const [clock, bot, faults, phone, all] = ["clock", "clock", "faults", "phone", undefined].map(chip);
  show(root, h("div", { class: "topbar__left" }, lost), search, h("div", { class: "topbar__right" }, clock, bot, faults, phone, all));
  show(all, icon("panel"), h("span", { class: "only-wide" }, "Controls"));
  all.setAttribute("aria-label", "Controls");
  const draw = () => {
    show(clock, icon("clock"), clockTime(app.state.now(), app.state.zone()), app.state.offset ? h("span", { class: "dot", title: "The clock was moved" }) : null);
    clock.setAttribute("aria-label", `Business time ${clockTime(app.state.now(), app.state.zone())}`);
    show(bot, h("span", { class: `light light--${app.state.botStatus}` }), h("span", { class: "only-wide" }, LIGHTS[app.state.botStatus] ?? "Bot"));
    bot.setAttribute("aria-label", LIGHTS[app.state.botStatus] ?? "Bot");
    faults.hidden = !app.faults;
    show(faults, icon("warning"), `${app.faults} ${app.faults === 1 ? "fault" : "faults"}`);
    phone.classList.toggle("chip--ringing", app.ringing > 0);
    show(phone, icon("phone"), app.ringing ? h("span", null, `${app.ringing} ringing`) : h("span", { class: "only-wide" }, "Phone"));
    phone.setAttribute("aria-label", app.ringing ? `Phone, ${app.ringing} ringing` : "Phone");
    show(lost, app.state.connected ? null : "Reconnecting…");
  };
  app.state.on(["clock", "bot", "pagerduty", "connection", "people"], draw);
  setInterval(draw, 5000);
  draw();
  return { jump: open };
}
