/** Puts the page together. */

import { App } from "./app.js";
import { mountKeyboard } from "./keyboard.js";
import { Panel } from "./panel/panel.js";
import { mountChannel } from "./views/channel.js";
import { mountHome } from "./views/home.js";
import { mountSidebar } from "./views/sidebar.js";
import { mountSide } from "./views/side.js";
import { mountTopbar } from "./views/topbar.js";

/** @param {string} id @returns {HTMLElement} */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const app = new App();
const panel = new Panel(app, place("panel"));
mountSidebar(app, place("sidebar"));
mountChannel(app, place("channel"));
mountHome(app, place("home"));
mountSide(app, place("side"));
mountKeyboard(app, mountTopbar(app, place("topbar"), panel));
app.state.on(["place"], () => {
  if (app.state.place.kind !== "none") document.body.dataset.pane = "main";
});
app.start();
