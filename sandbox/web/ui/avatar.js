/** Small pictures of people and apps, drawn from their names. */

import { h } from "./dom.js";

const COLOURS = ["#2f6f73", "#7a5195", "#b5541c", "#3b6ea5", "#8a6d1f", "#96384f", "#4a7a3a", "#5b5ea6"];

/** @param {{id: string, name: string, is_bot?: boolean, avatar_color?: string}} user @param {string} [size] */
export function avatar(user, size = "") {
  const look = `avatar${size ? ` avatar--${size}` : ""}${user.is_bot ? " avatar--bot" : ""}`;
  return h("span", { class: look, style: `background:${colour(user)}`, "aria-hidden": "true" }, user.is_bot ? "🤖" : initials(user.name));
}

/** @param {{id: string, avatar_color?: string}} user */
function colour(user) {
  if (/^#?[0-9a-f]{6}$/i.test(user.avatar_color ?? "")) return `color-mix(in srgb, #${user.avatar_color?.replace("#", "")} 65%, #1c2224)`;
  const sum = [...user.id].reduce((total, character) => total + character.charCodeAt(0), 0);
  return COLOURS[sum % COLOURS.length];
}

/** @param {string} name */
function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1) ?? ""] : [words[0]];
  return letters.map((word) => [...word][0] ?? "").join("").toUpperCase();
}
