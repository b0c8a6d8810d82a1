/** Keeps the focus and the caret where they are while a part of the page is drawn anew. */

/**
 * Draws, then gives the focus back to the same control; to `otherwise` when that is gone.
 * @param {HTMLElement} root
 * @param {() => HTMLElement | void} draw  may return the element that takes the place of `root`
 * @param {() => HTMLElement | undefined} [otherwise]
 */
export function refocus(root, draw, otherwise) {
  const held = /** @type {HTMLInputElement | null} */ (root.contains(document.activeElement) ? document.activeElement : null);
  const caret = held && caretOf(held);
  const drawn = draw() ?? root;
  if (!held) return;
  const same = /** @type {HTMLInputElement | null} */ (sameControl(drawn, held));
  (same ?? otherwise?.())?.focus({ preventScroll: true });
  if (same && caret && "setSelectionRange" in same) same.setSelectionRange(...caret);
}

/** @param {HTMLInputElement} field @returns {[number, number] | null} */
function caretOf(field) {
  const textual = field.matches("textarea, input[type=text], input[type=url]");
  return textual ? [field.selectionStart ?? 0, field.selectionEnd ?? 0] : null;
}

/** @param {HTMLElement} root @param {HTMLElement} held @returns {HTMLElement | null} */
function sameControl(root, held) {
  const { block, action, value } = held.dataset;
  if (block === undefined || action === undefined) return root.matches("[tabindex]") ? root : null;
  const exact = value === undefined ? "" : `[data-value="${CSS.escape(value)}"]`;
  return root.querySelector(`[data-block="${CSS.escape(block)}"][data-action="${CSS.escape(action)}"]${exact}`);
}
