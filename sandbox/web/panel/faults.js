/** The panel's faults: what can go wrong between the bot and the outside, one switch each. */

import { get, post, remove } from "../api.js";
import { reason } from "../actions.js";
import { h, show } from "../ui/dom.js";
import { refocus } from "../ui/focus.js";
import { toast } from "../ui/toast.js";

/**
 * @typedef {{name: string, target: string, method: string, kind: string, times: number | null, latency_ms?: number, retry_after?: number}} Fault
 * @typedef {{name: string, detail: string, fault: Omit<Fault, "name" | "times">}} Preset
 */

/** @type {Preset[]} */
export const PRESETS = [
  { name: "Slack slow (2 s)", detail: "Every call takes two seconds longer.", fault: { target: "slack", method: "*", kind: "latency", latency_ms: 2000 } },
  { name: "Slack rate-limits posts", detail: "Posting is answered with 429.", fault: { target: "slack", method: "chat.postMessage", kind: "ratelimited", retry_after: 5 } },
  { name: "Slack loses answers", detail: "Posts are carried out, then the connection drops.", fault: { target: "slack", method: "chat.postMessage", kind: "drop_after" } },
  { name: "Slack errors after applying", detail: "Posts are carried out and answered with internal_error.", fault: { target: "slack", method: "chat.postMessage", kind: "internal_error_applied" } },
  { name: "Slack down", detail: "Every call fails with 503.", fault: { target: "slack", method: "*", kind: "http_503" } },
  { name: "PagerDuty down", detail: "Every call fails with 503.", fault: { target: "pagerduty", method: "*", kind: "http_503" } },
  { name: "PagerDuty accepts, nobody is on call", detail: "Pages are taken and wake nobody.", fault: { target: "pagerduty", method: "*", kind: "nobody_on_call" } },
  { name: "Mail is taken, nobody hears", detail: "Letters arrive, and the line is cut before the server says so.", fault: { target: "smtp", method: "DATA", kind: "drop_after" } },
  { name: "Every event delivered twice", detail: "Each envelope comes a second time.", fault: { target: "socket", method: "*", kind: "duplicate_delivery" } },
  { name: "Sockets lost without a word", detail: "Connections stay open and stop answering.", fault: { target: "socket", method: "*", kind: "deaf_socket" } },
  { name: "Google Cloud slow (5 s)", detail: "Every look takes five seconds longer.", fault: { target: "google", method: "*", kind: "latency", latency_ms: 5000 } },
  { name: "Google Cloud down", detail: "Every call fails with UNAVAILABLE.", fault: { target: "google", method: "*", kind: "http_503" } },
  { name: "Logs forbidden", detail: "Cloud Logging refuses for want of a permission.", fault: { target: "google", method: "LoggingServiceV2.*", kind: "error:PERMISSION_DENIED" } },
  { name: "Metrics over quota", detail: "Cloud Monitoring answers that it was asked too often.", fault: { target: "google", method: "MetricService.*", kind: "ratelimited" } },
  { name: "Prometheus times out", detail: "Every question takes it too long.", fault: { target: "prometheus", method: "*", kind: "error:timeout" } },
  { name: "Cloud SQL down", detail: "Every call fails with 503.", fault: { target: "cloud_sql", method: "*", kind: "http_503" } },
  { name: "Cloud SQL fails at it", detail: "What is asked for is begun, and fails after a while.", fault: { target: "cloud_sql", method: "*", kind: "operation_fails" } },
  { name: "Database cut off", detail: "Connections to the platform's database drop.", fault: { target: "platform_database", method: "*", kind: "drop_before" } },
  { name: "GitHub down", detail: "Every call fails with 503.", fault: { target: "github", method: "*", kind: "http_503" } },
  { name: "GitHub loses answers", detail: "Writes are carried out, then the connection drops.", fault: { target: "github", method: "P*", kind: "drop_after" } },
  { name: "Zendesk asks to slow down", detail: "Every call is answered with 429.", fault: { target: "zendesk", method: "*", kind: "ratelimited", retry_after: 30 } },
];

/** @param {import("../app.js").App} app */
export function mountFaults(app) {
  const list = h("div", { class: "panel__stack panel__stack--tight" });
  const root = h("div", { class: "panel__stack" }, list);
  /** @type {Fault[]} */
  let active = [];
  let limited = false;
  const load = async () => {
    const [faults, limits] = await Promise.all([get("/control/faults"), get("/control/limits")]);
    active = faults.faults ?? [];
    limited = Boolean(limits.rate_limits);
    draw();
  };
  const replace = async (/** @type {Fault[]} */ faults) => {
    await remove("/control/faults");
    const answer = faults.length ? await post("/control/faults", { faults }) : { ok: true };
    if (answer.error) toast(`Not set: ${reason(answer.error)}.`, "bad");
    await load();
  };
  const draw = () => {
    app.faults = active.length;
    app.state.tell("bot", {});
    const known = PRESETS.map((preset) => presetRow(preset, active, replace));
    const others = active.filter((fault) => !PRESETS.some((preset) => preset.name === fault.name));
    refocus(list, () => show(list, known, others.map((fault) => switchRow(fault.name, `${fault.target} ${fault.method}: ${fault.kind}`, true, () => replace(active.filter((one) => one !== fault)))), limitsRow(limited, load), active.length ? clearButton(replace) : null));
  };
  load();
  return { root, setShown: (/** @type {boolean} */ shown) => void (shown && load()) };
}

/** @param {Preset} preset @param {Fault[]} active @param {(faults: Fault[]) => void} replace */
function presetRow(preset, active, replace) {
  const on = active.some((fault) => fault.name === preset.name);
  const others = active.filter((fault) => fault.name !== preset.name);
  const press = () => replace(on ? others : [...others, { name: preset.name, times: null, ...preset.fault }]);
  return switchRow(preset.name, preset.detail, on, press);
}

/** @param {boolean} limited @param {() => void} load */
function limitsRow(limited, load) {
  const press = () => post("/control/limits", { rate_limits: !limited }).then(load);
  return h("div", { class: "panel__rule" }, switchRow("Slack's rate limits", "Method tiers and one post a second per channel.", limited, press));
}

/** @param {string} name @param {string} detail @param {boolean} on @param {() => void} press */
function switchRow(name, detail, on, press) {
  return h("button", { type: "button", class: "switch", role: "switch", "aria-checked": String(on), data: { block: "fault", action: name }, on: { click: press } }, h("span", { class: "switch__words" }, h("span", { class: "switch__name" }, name), h("span", { class: "muted" }, detail)), h("span", { class: "switch__knob", "aria-hidden": "true" }));
}

/** @param {(faults: Fault[]) => void} replace */
function clearButton(replace) {
  return h("div", { class: "row" }, h("button", { type: "button", class: "button", on: { click: () => replace([]) } }, "Clear all faults"));
}
