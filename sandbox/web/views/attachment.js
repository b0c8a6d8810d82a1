/** What hangs below a message's words: files, pictures and old-style attachments. */

import { h, link, safeUrl } from "../ui/dom.js";
import { closeDialog, dialogFrame, openDialog } from "../ui/dialog.js";
import { icon } from "../ui/icons.js";
import { renderBlocks } from "../blocks/block.js";
import { textObject } from "../blocks/text_object.js";

/** @typedef {import("../blocks/surface.js").Surface} Surface */

/** @param {any} attachment @param {Surface} surface */
export function attachmentNode(attachment, surface) {
  const colour = /^#?[0-9a-f]{6}$/i.test(attachment.color ?? "") ? `#${attachment.color.replace("#", "")}` : "var(--line-strong)";
  const text = (/** @type {string | undefined} */ value) => (value ? textObject({ type: "mrkdwn", text: value }, surface) : null);
  const fields = (attachment.fields ?? []).map((/** @type {any} */ field) =>
    h("div", { class: "section__field" }, h("strong", null, field.title), text(String(field.value ?? ""))));
  return h(
    "div",
    { class: "attachment", style: `border-inline-start-color:${colour}` },
    text(attachment.pretext),
    attachment.title ? h("strong", null, link(attachment.title_link, attachment.title)) : null,
    attachment.blocks ? renderBlocks(attachment.blocks, surface) : text(attachment.text),
    fields.length ? h("div", { class: "section__fields" }, fields) : null,
    attachment.image_url ? picture(attachment.image_url, attachment.fallback ?? "") : null,
    attachment.footer ? h("div", { class: "muted" }, attachment.footer) : null,
  );
}

/** A file: pictures are shown, others are named and linked. @param {any} file */
export function fileNode(file) {
  const address = local(file.url_private ?? file.permalink);
  const name = file.title || file.name || "File";
  if (String(file.mimetype ?? "").startsWith("image/")) return h("figure", { class: "figure" }, h("figcaption", { class: "muted" }, name), picture(address, file.alt_txt || name));
  const size = file.size ? ` · ${readableSize(file.size)}` : "";
  return h("div", { class: "file" }, icon("file"), h("div", { class: "file__words" }, h("strong", { dir: "auto" }, link(address, name)), h("span", { class: "muted" }, `${file.pretty_type ?? file.filetype ?? "File"}${size}`)), file.preview ? h("pre", { class: "pre" }, file.preview) : null);
}

/** An address of this server may be given without its host. @param {string | undefined} address */
function local(address) {
  return address?.startsWith("/") ? new URL(address, location.origin).href : address;
}

/** @param {string | undefined} address @param {string} alt */
function picture(address, alt) {
  const src = safeUrl(address);
  if (!src) return null;
  const image = h("img", { class: "image", src, alt, loading: "lazy" });
  return h("button", { type: "button", class: "image-button", "aria-label": `Enlarge ${alt}`, on: { click: () => zoomImage({ src, alt }) } }, image);
}

/** @param {{src: string, alt: string}} image */
export function zoomImage({ src, alt }) {
  const close = () => closeDialog(dialog);
  const dialog = dialogFrame({ title: alt || "Image", body: h("img", { class: "image image--large", src: safeUrl(src), alt }), onDismiss: close });
  dialog.classList.add("dialog--wide");
  openDialog(dialog);
}

/** @param {number} bytes */
function readableSize(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
