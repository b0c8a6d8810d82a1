/** The panel's first page: business time that can be moved, and the bot that can be killed. */

import { post } from "../api.js";
import { reason } from "../actions.js";
import { h, show } from "../ui/dom.js";
import { refocus } from "../ui/focus.js";
import { toast } from "../ui/toast.js";
import { fullMoment } from "../text/dates.js";

/** @typedef {import("../app.js").App} App */

const JUMPS = /** @type {[string, number][]} */ ([["+5 min", 300], ["+15 min", 900], ["+30 min", 1800], ["+1 h", 3600]]);
const RUNS = /** @type {[string, number][]} */ ([["1 h", 3600], ["1 day", 86400], ["1 week", 604800]]);
/** @type {Record<string, string>} */
const STATUS = { running: "The bot is running", connecting: "The bot is connecting", stopped: "The bot is stopped", none: "The bot is started elsewhere" };

/** @param {App} app */
export function mountClock(app) {
  const now = h("div", { class: "clock__now" });
  const shift = h("div", { class: "muted" });
  const light = h("div", { class: "bot-light" });
  const ahead = h("div", { class: "row" });
  const draw = () => {
    show(now, fullMoment(app.state.now(), app.state.zone()));
    show(shift, app.state.offset ? `${span(app.state.offset)} ahead of this machine, in ${app.state.zone()}` : `In step with this machine, in ${app.state.zone()}`);
  };
  const drawBot = (/** @type {any} */ detail) => refocus(light, () => show(light, botPart(app, detail ?? {})), () => light.querySelector("button") ?? undefined);
  const drawAhead = () => refocus(ahead, () => show(ahead, ...runs(app)), () => ahead.querySelector("button") ?? undefined);
  app.state.on(["clock", "people"], draw);
  let until = app.state.until;
  app.state.on(["clock"], () => {
    if (until !== app.state.until) drawAhead();
    until = app.state.until;
  });
  app.state.on(["bot"], drawBot);
  setInterval(() => now.isConnected && draw(), 1000);
  drawBot({});
  drawAhead();
  const root = h("div", { class: "panel__stack" }, h("section", { class: "panel__part" }, h("h3", null, "Business time"), now, shift, jumps(app), ahead), h("section", { class: "panel__part" }, h("h3", null, "Bot"), light));
  return { root, setShown: () => draw() };
}

/** @param {App} app */
function jumps(app) {
  const advance = (/** @type {number} */ seconds) => move(app, { advance: seconds });
  const minutes = h("input", { class: "field field--number", type: "number", min: 1, max: 100000, value: "45", "aria-label": "Minutes" });
  const custom = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (Number(minutes.value) > 0) advance(Number(minutes.value) * 60);
  };
  return [
    h("div", { class: "row" }, JUMPS.map(([label, seconds]) => h("button", { type: "button", class: "button", on: { click: () => advance(seconds) } }, label))),
    h("form", { class: "row", on: { submit: custom } }, minutes, h("span", { class: "muted" }, "minutes"), h("button", { type: "submit", class: "button" }, "Advance"), h("button", { type: "button", class: "button button--quiet", on: { click: () => move(app, { reset: true }) } }, "Back to real time")),
  ];
}

/** Time runs on by quarters of an hour, each when the bot has done what was due. @param {App} app */
function runs(app) {
  if (app.state.until)
    return [
      h("span", { class: "muted" }, `Runs until ${fullMoment(app.state.until, app.state.zone())}`),
      h("button", { type: "button", class: "button", on: { click: () => move(app, { stop: true }) } }, "Stop here"),
    ];
  const button = (/** @type {[string, number]} */ [label, seconds]) =>
    h("button", { type: "button", class: "button", on: { click: () => move(app, { run: seconds }) } }, label);
  return [h("span", { class: "muted" }, "Let it run:"), ...RUNS.map(button)];
}

/** @param {App} app @param {{advance: number} | {run: number} | {stop: true} | {reset: true}} change */
async function move(app, change) {
  const answer = await post("/control/clock", change);
  if (answer.error) toast(`The clock did not move: ${reason(answer.error)}.`, "bad");
  else if (answer.now) app.state.setClock(answer);
}

/** `1 h 5 min` @param {number} seconds */
function span(seconds) {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const words = [days ? `${days} d` : "", hours ? `${hours} h` : "", rest ? `${rest} min` : ""].filter(Boolean).join(" ");
  return words || `${Math.round(Math.abs(seconds))} s`;
}

/** @param {App} app @param {any} detail */
function botPart(app, detail) {
  const status = app.state.botStatus;
  const facts = [detail.pid ? `process ${detail.pid}` : "", detail.restarts ? `${detail.restarts} ${detail.restarts === 1 ? "restart" : "restarts"}` : ""].filter(Boolean).join(" · ");
  const ask = (/** @type {string} */ action) => async () => {
    const answer = await post("/control/bot", { action });
    if (answer.status) app.state.botStatus = answer.status;
    else toast(`That did not work: ${reason(answer.error)}.`, "bad");
    app.state.tell("bot", answer);
  };
  const button = (/** @type {string} */ label, /** @type {string} */ action, /** @type {string} */ look) =>
    h("button", { type: "button", class: `button ${look}`, on: { click: ask(action) } }, label);
  return [
    h("div", { class: "row" }, h("span", { class: `light light--${status}` }), h("strong", null, STATUS[status] ?? status), h("span", { class: "muted" }, facts)),
    status === "none" ? null : h("div", { class: "row" }, status === "stopped" ? button("Start", "start", "button--primary") : button("Kill the bot", "kill", "button--danger"), status === "running" ? button("Restart", "restart", "") : null),
  ];
}
