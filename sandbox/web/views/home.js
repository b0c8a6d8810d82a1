/** The app's Home tab. */

import { h, show } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { refocus } from "../ui/focus.js";
import { renderBlocks } from "../blocks/block.js";

/** @param {import("../app.js").App} app @param {HTMLElement} root */
export function mountHome(app, root) {
  const draw = () => {
    root.hidden = app.state.place.kind !== "home";
    if (root.hidden) return;
    refocus(root, () => show(root, headOf(app), bodyOf(app)));
  };
  app.state.on(["home", "place"], draw);
}

/** @param {import("../app.js").App} app */
function headOf(app) {
  const name = app.state.personName(app.state.bot) ?? "App";
  const talk = () => app.openPerson(app.state.bot);
  return h(
    "header",
    { class: "channel-head" },
    h("button", { type: "button", class: "icon-button only-narrow", "aria-label": "Back to channels", on: { click: () => (document.body.dataset.pane = "list") } }, icon("back")),
    h("h1", { class: "channel-head__name" }, name),
    h("nav", { class: "tabs", "aria-label": name }, h("button", { type: "button", class: "tab", "aria-current": "page" }, "Home"), h("button", { type: "button", class: "tab", on: { click: talk } }, "Messages")),
  );
}

/** @param {import("../app.js").App} app */
function bodyOf(app) {
  const view = app.state.home;
  if (!view?.blocks?.length) return h("div", { class: "timeline__note" }, "The app has not shown anything here yet.");
  return h("div", { class: "home" }, renderBlocks(view.blocks, app.surface("home", { view: { id: view.id } })));
}
