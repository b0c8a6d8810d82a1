/** One button for each thing that can break on the platform, with what it hits. */

import { get } from "../api.js";
import { h, show } from "../ui/dom.js";
import { toast } from "../ui/toast.js";

/** @typedef {{name: string, title: string, says: string, of: string, choices: string[]}} Breakage */

/** @param {(path: string, body: unknown) => Promise<boolean>} act */
export function mountBreakages(act) {
  const list = h("div", { class: "breakages" });
  const root = h("section", { class: "panel__part" }, h("h3", null, "Break something"), list);
  let known = false;
  const load = async () => {
    if (known) return;
    const answer = await get("/control/world/breakages");
    known = Boolean(answer.breakages);
    show(list, (answer.breakages ?? []).map((/** @type {Breakage} */ one) => row(one, act)));
  };
  return { root, load };
}

/** @param {Breakage} breakage @param {(path: string, body: unknown) => Promise<boolean>} act */
function row(breakage, act) {
  const choices = breakage.choices.map((name) => h("option", { value: name, selected: name === breakage.of }, name));
  const of = h("select", { class: "field field--short breakage__of", "aria-label": `What ${breakage.title.toLowerCase()} hits` }, choices);
  const press = async (/** @type {Event} */ event) => {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    button.setAttribute("aria-busy", "true");
    const done = await act("break", { breakage: breakage.name, of: of.value });
    button.removeAttribute("aria-busy");
    if (done) toast(`${breakage.title}: ${of.value}. What it does shows in a minute or so.`);
  };
  const button = h("button", { type: "button", class: "button", "aria-label": `Break: ${breakage.title}`, on: { click: press } }, "Break");
  return h(
    "div",
    { class: "broken" },
    h("div", { class: "broken__words" }, h("span", { class: "switch__name" }, breakage.title), h("span", { class: "muted" }, breakage.says), breakage.choices.length > 1 ? of : null),
    button,
  );
}
