/** Alerts of other systems: raised through PagerDuty or Alertmanager, which tell the bot by webhook. */

import { get, post } from "../api.js";
import { reason } from "../actions.js";
import { h, show } from "../ui/dom.js";
import { toast } from "../ui/toast.js";

/** @typedef {{fingerprint: string, labels: Record<string, string>, annotations: Record<string, string>}} Firing */

const SEVERITIES = ["critical", "error", "warning", "info"];
const SOURCES = /** @type {[string, string][]} */ ([["pagerduty", "PagerDuty"], ["alertmanager", "Alertmanager"]]);

/** @param {() => void} raised Called when PagerDuty has an alert more. */
export function mountAlerts(raised) {
  const source = select("Through", SOURCES);
  const service = select("Service", []);
  const severity = select("Severity", SEVERITIES.map((name) => [name, name]));
  const summary = h("input", { class: "field", type: "text", "aria-label": "What is wrong", placeholder: "API is slow", maxlength: "200", required: "" });
  const firing = h("div", { class: "panel__stack panel__stack--tight" });
  const load = async () => {
    const answer = await get("/control/alertmanager");
    show(firing, (answer.alerts ?? []).map((/** @type {Firing} */ one) => row(one, load)));
  };
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const answer = await raise(source.value, service, summary.value.trim(), severity.value);
    if (answer.error) return toast(`The alert was not raised: ${reason(answer.error)}.`, "bad");
    summary.value = "";
    source.value === "pagerduty" ? raised() : await load();
  };
  const form = h(
    "form",
    { class: "panel__part", on: { submit } },
    h("h3", null, "Raise an alert"),
    summary,
    h("div", { class: "row" }, service, severity, source),
    h("div", { class: "row" }, h("button", { type: "submit", class: "button" }, "Raise")),
    firing,
  );
  return { root: form, load, offer: (/** @type {{id: string, name: string}[]} */ services) => offer(service, services) };
}

/** @param {string} source @param {HTMLSelectElement} service @param {string} summary @param {string} severity */
function raise(source, service, summary, severity) {
  if (source === "pagerduty") return post("/control/pagerduty", { service: service.value, summary, severity });
  const name = service.selectedOptions[0]?.text ?? "";
  return post("/control/alertmanager", { alertname: summary, service: name, severity, summary });
}

/** The services to choose from; what was chosen stays. @param {HTMLSelectElement} service @param {{id: string, name: string}[]} services */
function offer(service, services) {
  if (service.options.length === services.length) return;
  show(service, services.map((one) => h("option", { value: one.id }, one.name)));
  if (services.length > 1) service.selectedIndex = 1;
}

/** @param {Firing} alert @param {() => Promise<void>} load */
function row(alert, load) {
  const stop = async () => {
    await post(`/control/alertmanager/${encodeURIComponent(alert.fingerprint)}/resolve`, {});
    await load();
  };
  const words = `${alert.annotations.summary ?? alert.labels.alertname} (${alert.labels.service}, ${alert.labels.severity})`;
  return h("div", { class: "row" }, h("span", { dir: "auto" }, words), h("button", { type: "button", class: "button", on: { click: stop } }, "Stop"));
}

/** @param {string} label @param {[string, string][]} options @returns {HTMLSelectElement} */
function select(label, options) {
  return h("select", { class: "field field--short", "aria-label": label }, options.map(([value, name]) => h("option", { value }, name)));
}
