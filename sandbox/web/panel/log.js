/** The panel's log: every call, envelope and answer, as it happens. */

import { get } from "../api.js";
import { h, show } from "../ui/dom.js";
import { exactTime } from "../text/dates.js";

/** @typedef {import("../app.js").App} App */

const POLL_MS = 1000;
const KEPT = 400;
const KINDS = ["call", "envelope", "ack", "event", "http", "pagerduty"];

/** @param {App} app */
export function mountLog(app) {
  return new Log(app);
}

class Log {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {any[]} */
    this.entries = [];
    this.last = 0;
    this.shown = false;
    this.loading = false;
    this.words = h("input", { class: "field", type: "search", placeholder: "Filter, e.g. chat.postMessage", "aria-label": "Filter the log", on: { input: () => this.draw() } });
    this.kind = h("select", { class: "field field--short", "aria-label": "Kind", on: { change: () => this.draw() } }, h("option", { value: "" }, "Everything"), KINDS.map((kind) => h("option", { value: kind }, kind)));
    this.failed = h("input", { type: "checkbox", on: { change: () => this.draw() } });
    this.list = h("div", { class: "log", role: "list", "aria-label": "Log" });
    const tools = h("div", { class: "row log__tools" }, this.words, this.kind, h("label", { class: "choice" }, this.failed, "Failed only"));
    this.root = h("div", { class: "panel__stack" }, tools, this.list);
    setInterval(() => this.poll(), POLL_MS);
  }

  /** @param {boolean} shown */
  setShown(shown) {
    this.shown = shown;
    if (shown) this.poll();
  }

  async poll() {
    if (!this.shown || this.loading || document.hidden) return;
    this.loading = true;
    const answer = await get("/control/log", { after: this.last, limit: 200 });
    this.loading = false;
    const fresh = answer.entries ?? [];
    if (!fresh.length && this.list.firstChild) return;
    this.entries = [...this.entries, ...fresh].slice(-KEPT);
    this.last = this.entries.at(-1)?.id ?? this.last;
    this.draw();
  }

  /** Newest first; what is unfolded stays so. */
  draw() {
    const open = new Set([...this.list.querySelectorAll("details[open]")].map((row) => row.dataset.id));
    const rows = this.entries.filter((entry) => this.matches(entry)).reverse();
    show(this.list, rows.length ? rows.map((entry) => this.row(entry, open)) : h("p", { class: "muted" }, "Nothing here."));
  }

  /** @param {any} entry */
  matches(entry) {
    const words = this.words.value.trim().toLowerCase();
    if (this.kind.value && entry.kind !== this.kind.value) return false;
    if (this.failed.checked && !failedEntry(entry)) return false;
    return !words || `${entry.name} ${entry.error ?? ""} ${JSON.stringify(entry.detail ?? "")}`.toLowerCase().includes(words);
  }

  /** @param {any} entry @param {Set<string | undefined>} open */
  row(entry, open) {
    const id = String(entry.id);
    const at = Number(entry.at) || Date.parse(entry.at) / 1000;
    const outcome = failedEntry(entry) ? (entry.error ?? entry.status ?? "failed") : "";
    const detail = h("pre", { class: "pre" });
    const fill = () => (detail.textContent = typeof entry.detail === "string" ? entry.detail : JSON.stringify(entry.detail ?? {}, null, 2));
    const row = h(
      "details",
      { class: "log__row", role: "listitem", data: { id }, open: open.has(id), on: { toggle: fill } },
      h("summary", null, h("time", null, exactTime(at, this.app.state.zone())), h("span", { class: `log__kind log__kind--${KINDS.includes(entry.kind) ? entry.kind : "call"}` }, entry.kind), h("span", { class: "log__name", dir: "auto" }, entry.name), outcome ? h("span", { class: "log__bad" }, outcome) : null, entry.ms === undefined || entry.ms === null ? null : h("span", { class: "muted" }, `${Math.round(entry.ms)} ms`)),
      detail,
    );
    if (open.has(id)) fill();
    return row;
  }
}

/** @param {any} entry */
function failedEntry(entry) {
  return entry.ok === false || Boolean(entry.error) || Number(entry.status) >= 400;
}
