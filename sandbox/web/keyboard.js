/** Keys that work everywhere: jump, next and previous channel. */

/**
 * @param {import("./app.js").App} app
 * @param {{jump: () => void}} places
 */
export function mountKeyboard(app, { jump }) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      jump();
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      step(app, event.key === "ArrowDown" ? 1 : -1, event.shiftKey);
    }
  });
}

/** The next channel in the left column; with shift the next unread one. @param {import("./app.js").App} app @param {number} by @param {boolean} unread */
function step(app, by, unread) {
  const { rooms, directs } = app.state.ordered();
  const all = [...rooms, ...directs];
  const at = all.findIndex((channel) => channel.id === app.state.current()?.id);
  const turn = all.map((_, index) => all[(at + by * (index + 1) + all.length * 2) % all.length]);
  const goal = turn.find((channel) => !unread || channel.unread);
  if (goal) app.openChannel(goal.id);
}
