/** Block Kit: each block of a message, a modal or the Home tab as page elements. */

import { h, link } from "../ui/dom.js";
import { icon } from "../ui/icons.js";
import { richText } from "../text/rich_text.js";
import { markdown } from "../text/markdown.js";
import { element, pictureOf } from "./element.js";
import { inputBlock } from "./input.js";
import { tableBlock } from "./table.js";
import { plainText, textObject } from "./text_object.js";

/** @typedef {import("./surface.js").Surface} Surface */

/** @type {Record<string, (block: any, surface: Surface) => any>} */
const BLOCKS = {
  header, section, context, actions, image, video, file,
  divider: () => h("hr", { class: "divider" }),
  rich_text: (/** @type {any} */ block, /** @type {Surface} */ surface) => richText(block, surface.reader),
  markdown: (/** @type {any} */ block) => markdown(block.text ?? ""),
  table: (/** @type {any} */ block, /** @type {Surface} */ surface) => tableBlock(block, surface.reader),
  input: inputBlock,
};

/**
 * Blocks one below the other; an unknown kind says so instead of vanishing.
 * @param {any[]} blocks
 * @param {Surface} surface
 */
export function renderBlocks(blocks, surface) {
  return h("div", { class: `blocks blocks--${surface.kind}` }, blocks.map((block, index) => oneBlock(named(block, index), surface)));
}

/** Blocks are told apart by id even when their author gave none. @param {any} block @param {number} index */
function named(block, index) {
  return block.block_id ? block : { ...block, block_id: `block-${index}` };
}

/** @param {any} block @param {Surface} surface */
function oneBlock(block, surface) {
  const draw = Object.hasOwn(BLOCKS, block.type) ? BLOCKS[block.type] : null;
  const content = draw ? draw(block, surface) : h("div", { class: "muted" }, `This block (${block.type}) is not shown here.`);
  return h("div", { class: `block block--${draw ? block.type : "unknown"}` }, content);
}

/** @param {any} block */
function header(block) {
  return h("h3", { class: "block-header", dir: "auto" }, plainText(block.text));
}

/** @param {any} block @param {Surface} surface */
function section(block, surface) {
  const fields = (block.fields ?? []).map((/** @type {any} */ field) => h("div", { class: "section__field" }, textObject(field, surface)));
  const main = h("div", { class: "section__main" }, textObject(block.text, surface), fields.length ? h("div", { class: "section__fields" }, fields) : null);
  if (!block.accessory) return main;
  return h("div", { class: "section" }, main, h("div", { class: "section__side" }, element(block.accessory, block, surface)));
}

/** @param {any} block @param {Surface} surface */
function context(block, surface) {
  const parts = (block.elements ?? []).map((/** @type {any} */ part) =>
    part.type === "image" ? element(part, block, surface) : textObject(part, surface));
  return h("div", { class: "context" }, parts);
}

/** @param {any} block @param {Surface} surface */
function actions(block, surface) {
  return h("div", { class: "actions" }, (block.elements ?? []).map((/** @type {any} */ part) => element(part, block, surface)));
}

/** @param {any} block @param {Surface} surface */
function image(block, surface) {
  const src = pictureOf(block);
  const picture = h("img", { class: "image", src, alt: block.alt_text ?? "", loading: "lazy" });
  const zoom = h("button", { type: "button", class: "image-button", "aria-label": `Enlarge ${block.alt_text ?? "image"}`, on: { click: () => surface.zoom?.({ src: src ?? "", alt: block.alt_text ?? "" }) } }, picture);
  return h("figure", { class: "figure" }, block.title ? h("figcaption", { class: "muted" }, plainText(block.title)) : null, zoom);
}

/** @param {any} block */
function video(block) {
  return h("div", { class: "attachment" }, h("strong", null, link(block.title_url ?? block.video_url, ...plainText(block.title))), h("div", { class: "muted" }, block.author_name ?? block.provider_name));
}

/** @param {any} block */
function file(block) {
  return h("div", { class: "file" }, icon("file"), h("span", null, `Remote file ${block.external_id ?? ""}`));
}
