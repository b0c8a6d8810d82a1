/** The control panel: the clock and the bot, the platform, faults, the phone, the mail, the log. */

import { h, show } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { mountClock } from "./clock.js";
import { mountFaults } from "./faults.js";
import { mountLog } from "./log.js";
import { mountMail } from "./mail.js";
import { mountPhone } from "./phone.js";
import { mountPlatform } from "./platform.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {"clock" | "platform" | "faults" | "phone" | "mail" | "log"} Tab */

const TABS = /** @type {[Tab, string][]} */ ([["clock", "Clock"], ["platform", "Platform"], ["faults", "Faults"], ["phone", "Phone"], ["mail", "Mail"], ["log", "Log"]]);

export class Panel {
  /** @param {App} app @param {HTMLElement} root */
  constructor(app, root) {
    this.root = root;
    /** @type {Tab} */
    this.tab = "clock";
    const pages = { clock: mountClock(app), platform: mountPlatform(app), faults: mountFaults(app), phone: mountPhone(app), mail: mountMail(app), log: mountLog(app) };
    this.pages = pages;
    this.tabs = TABS.map(([tab, label]) =>
      h("button", { type: "button", class: "tab", role: "tab", id: `tab-${tab}`, "aria-controls": `page-${tab}`, data: { tab }, on: { click: () => this.open(tab) } }, label));
    const close = h("button", { type: "button", class: "icon-button", "aria-label": "Close controls", on: { click: () => this.close() } }, icon("close"));
    const bar = h("div", { class: "tabs", role: "tablist", "aria-label": "Controls" }, this.tabs);
    bar.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.walk(event));
    show(root, h("header", { class: "side-head" }, bar, close), TABS.map(([tab]) => h("div", { class: "panel__page", role: "tabpanel", id: `page-${tab}`, "aria-labelledby": `tab-${tab}` }, pages[tab].root)));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    });
    this.draw();
  }

  /** @param {Tab} tab */
  open(tab) {
    this.tab = tab;
    this.root.hidden = false;
    this.draw();
  }

  /** Opens at this tab, or closes when it is open there. @param {Tab} [tab] */
  toggle(tab) {
    if (!this.root.hidden && (!tab || tab === this.tab)) this.close();
    else this.open(tab ?? this.tab);
  }

  close() {
    this.root.hidden = true;
    this.draw();
  }

  draw() {
    document.body.classList.toggle("has-panel", !this.root.hidden);
    for (const button of this.tabs) {
      const chosen = button.dataset.tab === this.tab;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    }
    for (const [tab] of TABS) {
      const shown = !this.root.hidden && tab === this.tab;
      const page = /** @type {HTMLElement} */ (this.pages[tab].root.parentElement);
      page.hidden = tab !== this.tab;
      this.pages[tab].setShown(shown);
    }
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = TABS.findIndex(([tab]) => tab === this.tab);
    this.open(TABS[(at + step + TABS.length) % TABS.length][0]);
    document.getElementById(`tab-${this.tab}`)?.focus();
  }
}
