/** The panel's platform: what it is like now, what is broken, and what can be broken. */

import { get, post } from "../api.js";
import { reason } from "../actions.js";
import { h, show } from "../ui/dom.js";
import { refocus } from "../ui/focus.js";
import { toast } from "../ui/toast.js";
import { clockTime } from "../text/dates.js";
import { mountBreakages } from "./breakages.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {{name: string, serving: {revision: string, percent: number}[], pinned: boolean, trouble: string, p95: number, errors: number, memory: number, instances: number, max_instances: number}} Service
 * @typedef {{breakage: string, title: string, healed_by: string, of: string, since: number, passes: boolean}} Broken
 */

const POLL_MS = 3000;

/** @param {App} app */
export function mountPlatform(app) {
  const broken = h("section", { class: "panel__part" });
  const live = h("section", { class: "panel__part" });
  let visible = false;
  let said = "";
  const draw = (/** @type {any} */ world) => {
    if (!world.services) return;
    show(live, livePart(world));
    // Drawn only when it changed, so that what somebody opened stays open.
    const now = JSON.stringify([world.broken, app.state.zone()]);
    if (now === said) return;
    said = now;
    refocus(broken, () => show(broken, brokenPart(app, world.broken, act)), () => broken.querySelector("button") ?? undefined);
  };
  const load = async () => draw(await get("/control/world"));
  const act = async (/** @type {string} */ path, /** @type {unknown} */ body) => {
    const answer = await post(`/control/world/${path}`, body);
    if (answer.error) toast(`Nothing was changed: ${answer.errors?.[0] ?? reason(answer.error)}`, "bad");
    else draw(answer);
    return answer.ok === true;
  };
  app.state.on(["clock"], () => visible && load());
  setInterval(() => visible && !document.hidden && load(), POLL_MS);
  const breakages = mountBreakages(act);
  const root = h("div", { class: "panel__stack" }, broken, live, breakages.root);
  return {
    root,
    setShown: (/** @type {boolean} */ shown) => {
      visible = shown;
      if (shown) Promise.all([load(), breakages.load()]);
    },
  };
}

/** @param {App} app @param {Broken[]} broken @param {(path: string, body: unknown) => Promise<boolean>} act */
function brokenPart(app, broken, act) {
  const rows = broken.map((one) => brokenRow(app, one, act));
  const mend = h("button", { type: "button", class: "button", data: { block: "world", action: "mend" }, on: { click: () => act("mend", {}) } }, "Mend everything");
  const words = broken.length ? rows : h("p", { class: "muted" }, "Nothing is broken.");
  return [h("h3", null, "Broken now"), words, broken.length ? h("div", { class: "row" }, mend) : null];
}

/** @param {App} app @param {Broken} one @param {(path: string, body: unknown) => Promise<boolean>} act */
function brokenRow(app, one, act) {
  const pass = () => act("pass", { breakage: one.breakage, of: one.of });
  const key = `${one.breakage} ${one.of}`;
  const button = h("button", { type: "button", class: "button", data: { block: "pass", action: key }, on: { click: pass } }, "Let it pass");
  const heals = h("details", null, h("summary", { class: "muted", data: { block: "heals", action: key } }, "What heals it"), h("p", null, sentence(one.healed_by)));
  const words = h("div", { class: "broken__words" }, h("span", { class: "switch__name" }, one.title), h("span", { class: "muted" }, `${one.of}, since ${clockTime(one.since, app.state.zone())}`), heals);
  return h("div", { class: "broken" }, words, one.passes ? button : null);
}

/** @param {string} words */
function sentence(words) {
  return `${words[0].toUpperCase()}${words.slice(1)}.`;
}

/** @param {any} world */
function livePart(world) {
  const { database } = world;
  const full = database.used / database.usable;
  return [
    h("h3", null, "The platform now"),
    world.services.map(serviceRow),
    h(
      "div",
      { class: "live" },
      h("div", { class: "live__head" }, h("span", { class: "switch__name" }, database.name)),
      h("div", { class: "live__facts" }, fact(`${database.used} of ${database.usable} connections`, full >= 0.85), fact(`CPU ${percent(database.cpu)}`, database.cpu >= 0.7), database.up ? null : fact("does not answer", true)),
      h("meter", { class: "live__meter", min: 0, max: database.usable, low: database.usable * 0.7, high: database.usable * 0.85, optimum: 0, value: database.used, "aria-label": "Database connections" }),
    ),
    h("div", { class: "live__facts" }, fact(`Cache answers ${percent(world.hit_ratio)}`, world.hit_ratio < 0.6), fact(`${percent(world.failing_runs)} more agent runs fail than usual`, world.failing_runs >= 0.05)),
  ];
}

/** @param {Service} service */
function serviceRow(service) {
  const revisions = service.serving.map((one) => `${one.revision.slice(service.name.length + 1)}${one.percent < 100 ? ` ${one.percent}%` : ""}`).join(", ");
  return h(
    "div",
    { class: "live" },
    h("div", { class: "live__head" }, h("span", { class: "switch__name" }, service.name), h("span", { class: "muted" }, `${revisions || "nothing serves"}${service.pinned ? ", pinned" : ""}`)),
    h(
      "div",
      { class: "live__facts" },
      fact(`p95 ${Math.round(service.p95).toLocaleString("en")} ms`, service.p95 >= 1000),
      fact(`errors ${percent(service.errors, 1)}`, service.errors >= 0.02),
      service.memory >= 0.7 ? fact(`memory ${percent(service.memory)}`, service.memory >= 0.85) : null,
      fact(`${service.instances}/${service.max_instances} instances`, service.instances >= 0.9 * service.max_instances),
    ),
    service.trouble ? h("div", { class: "live__bad" }, service.trouble) : null,
  );
}

/** @param {string} words @param {boolean} bad */
function fact(words, bad) {
  return h("span", { class: bad ? "live__bad" : "muted" }, words);
}

/** @param {number} part @param {number} [digits] */
function percent(part, digits = 0) {
  return `${(part * 100).toFixed(digits)}%`;
}
