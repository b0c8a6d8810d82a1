/** The place where blocks stand, and the bond between one control and what it stands for. */

/** @typedef {import("../text/mention.js").Reader} Reader */
/** @typedef {import("./values.js").Values} Values */

/**
 * Where blocks stand, and what they may do there.
 * @typedef {object} Surface
 * @property {"message" | "modal" | "home"} kind
 * @property {Reader} reader
 * @property {Values} values
 * @property {() => import("../ui/menu.js").Item[]} people
 * @property {() => import("../ui/menu.js").Item[]} channels
 * @property {(block: any, element: any, chosen: Record<string, unknown>) => Promise<void>} act  tells the app
 * @property {(block: any, element: any, words: string) => Promise<any[]>} options  asks the app for choices
 * @property {(image: {src: string, alt: string}) => void} [zoom]
 */

/**
 * One interactive element within its block.
 * @typedef {object} Control
 * @property {any} block
 * @property {any} element
 * @property {Surface} surface
 * @property {Record<string, string>} data  data attributes by which it is found again after redrawing
 */

/** @param {any} block @param {any} element @param {Surface} surface @returns {Control} */
export function control(block, element, surface) {
  return { block, element, surface, data: { block: block.block_id ?? "", action: element.action_id ?? "" } };
}

/** What is filled in already, else `initial`. @param {Control} control @param {Record<string, unknown>} initial */
export function started({ block, element, surface }, initial) {
  return surface.values.start(block.block_id, element.action_id, { type: element.type, ...initial });
}

/** Keeps what was filled in without telling the app. @param {Control} control @param {Record<string, unknown>} chosen */
export function keep({ block, element, surface }, chosen) {
  surface.values.set(block.block_id, element.action_id, { type: element.type, ...chosen });
}

/** Keeps it, and tells the app where Slack would. @param {Control} control @param {Record<string, unknown>} chosen */
export function change(control, chosen) {
  keep(control, chosen);
  if (control.block.type !== "input" || control.block.dispatch_action) tell(control, chosen);
}

/** @param {Control} control @param {Record<string, unknown>} chosen */
export function tell({ block, element, surface }, chosen) {
  return surface.act(block, element, chosen);
}
