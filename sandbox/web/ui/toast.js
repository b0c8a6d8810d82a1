/** Short notices at the edge of the page, and words for screen readers. */

import { h } from "./dom.js";

const SHOWN_MS = 6000;

/** @param {string} text @param {"plain" | "bad"} [tone] */
export function toast(text, tone = "plain") {
  const shelf = /** @type {HTMLElement} */ (document.getElementById("toasts"));
  const note = h("div", { class: `toast toast--${tone}`, role: tone === "bad" ? "alert" : "status", dir: "auto" }, text);
  note.addEventListener("click", () => note.remove());
  shelf.appendChild(note);
  shelf.hidePopover();
  shelf.showPopover();
  setTimeout(() => note.remove(), SHOWN_MS);
}

/** Says something to screen readers only. @param {string} text */
export function announce(text) {
  const voice = /** @type {HTMLElement} */ (document.getElementById("voice"));
  voice.textContent = text.slice(0, 300);
}
