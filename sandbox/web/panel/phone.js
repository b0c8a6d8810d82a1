/** The panel's phone: open pages, acknowledged or resolved as one of the people on call. */

import { get, post } from "../api.js";
import { reason } from "../actions.js";
import { h, show } from "../ui/dom.js";
import { toast } from "../ui/toast.js";
import { clockTime } from "../text/dates.js";
import { mountAlerts } from "./alerts.js";

/** @typedef {import("../app.js").App} App */

const POLL_MS = 3000;
/** @type {Record<string, string>} */
const STATES = { triggered: "Ringing", acknowledged: "Acknowledged", resolved: "Resolved" };

/** @param {App} app */
export function mountPhone(app) {
  const ringing = h("div", { class: "panel__stack" });
  const alerts = mountAlerts(() => load());
  const root = h("div", { class: "panel__stack" }, alerts.root, ringing);
  let shown = "";
  const load = async () => {
    const answer = await get("/control/pagerduty");
    if (!answer.incidents) return;
    app.ringing = answer.incidents.filter((/** @type {any} */ one) => one.status === "triggered").length;
    const now = JSON.stringify([answer, app.state.me, app.state.users.size]);
    if (now === shown) return;
    shown = now;
    app.state.tell("pagerduty");
    alerts.offer(answer.services ?? []);
    show(ringing, onCall(app, answer.on_call ?? []), pages(app, answer, load));
  };
  setInterval(() => document.hidden || load(), POLL_MS);
  load();
  return { root, setShown: (/** @type {boolean} */ visible) => void (visible && (load(), alerts.load())) };
}

/** @param {App} app @param {any} answer @param {() => void} load */
function pages(app, answer, load) {
  const newest = [...answer.incidents].sort((a, b) => Number(b.number) - Number(a.number));
  if (!newest.length) return h("p", { class: "muted" }, "No pages. When an incident is declared, the phone rings here.");
  return newest.map((incident) => page(app, incident, answer.on_call ?? [], load));
}

/** @param {App} app @param {any[]} people */
function onCall(app, people) {
  const names = people.map((one) => nameOf(app, one)).join(", ");
  return h("p", { class: "muted" }, names ? `On call: ${names}` : "Nobody is on call.");
}

/** A person as PagerDuty gives them: an e-mail address, or an object with one. @param {App} app @param {any} one */
function nameOf(app, one) {
  const email = emailOf(one);
  const user = [...app.state.users.values()].find((known) => /** @type {any} */ (known).email === email);
  return one?.name ?? one?.user?.name ?? (user ? user.real_name || user.name : email);
}

/** @param {any} one @returns {string} */
function emailOf(one) {
  return typeof one === "string" ? one : (one?.email ?? one?.user?.email ?? "");
}

/** @param {App} app @param {any} incident @param {any[]} people @param {() => void} load */
function page(app, incident, people, load) {
  const who = h("select", { class: "field field--short", "aria-label": "As" }, candidates(app, people));
  const act = (/** @type {string} */ verb) => async () => {
    const answer = await post(`/control/pagerduty/${encodeURIComponent(incident.id)}/${verb}`, { by: who.value });
    if (answer.ok === false || answer.error) toast(`The phone did not do that: ${reason(answer.error)}.`, "bad");
    load();
  };
  const open = incident.status !== "resolved";
  const created = Date.parse(incident.created_at) / 1000 || Number(incident.created_at);
  return h(
    "article",
    { class: `page page--${incident.status}` },
    h("div", { class: "page__head" }, h("span", { class: "page__state" }, STATES[incident.status] ?? incident.status), h("span", { class: "muted" }, `#${incident.number} · ${Number.isFinite(created) ? clockTime(created, app.state.zone()) : ""}`)),
    h("strong", { dir: "auto" }, incident.title),
    h("div", { class: "muted" }, assigned(app, incident)),
    open ? h("div", { class: "row" }, who, incident.status === "triggered" ? h("button", { type: "button", class: "button button--primary", on: { click: act("acknowledge") } }, "Acknowledge") : null, h("button", { type: "button", class: "button", on: { click: act("resolve") } }, "Resolve")) : null,
    history(app, incident.log ?? []),
  );
}

/** @param {App} app @param {any[]} people */
function candidates(app, people) {
  const everybody = app.state.persons().filter((user) => /** @type {any} */ (user).email);
  const emails = new Set([...people.map(emailOf), ...everybody.map((user) => /** @type {any} */ (user).email)].filter(Boolean));
  return [...emails].map((email) => h("option", { value: email }, nameOf(app, email)));
}

/** @param {App} app @param {any} incident */
function assigned(app, incident) {
  const all = [incident.assigned ?? []].flat().map((one) => nameOf(app, one)).filter(Boolean);
  return all.length ? `Rings at ${all.join(", ")}` : "Rings at nobody";
}

/** @param {App} app @param {any[]} log */
function history(app, log) {
  if (!log.length) return null;
  const line = (/** @type {any} */ entry) => {
    const at = Date.parse(entry.at ?? entry.created_at) / 1000 || Number(entry.at);
    const words = typeof entry === "string" ? entry : (entry.summary ?? entry.text ?? `${entry.type ?? ""} ${nameOf(app, entry.by ?? entry.user ?? "") ?? ""}`);
    return h("li", { dir: "auto" }, Number.isFinite(at) ? `${clockTime(at, app.state.zone())} ` : "", words);
  };
  return h("details", null, h("summary", null, "History"), h("ul", { class: "list" }, log.map(line)));
}
