/** What Slack checks before it sends a form: required fields, lengths, numbers and addresses. */

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * The errors by block id; empty when the form may be sent.
 * @param {any[]} blocks
 * @param {Record<string, Record<string, any>>} values
 * @returns {Record<string, string>}
 */
export function missing(blocks, values) {
  const wrong = /** @type {Record<string, string>} */ ({});
  for (const block of blocks.filter((one) => one.type === "input")) {
    const value = filled(values[block.block_id]?.[block.element.action_id]);
    const error = empty(value) ? (block.optional ? "" : "Please complete this required field.") : flaw(block.element, value);
    if (error) wrong[block.block_id] = error;
  }
  return wrong;
}

/** What is in a field, whatever its kind. @param {Record<string, unknown> | undefined} value */
function filled(value) {
  const entry = Object.entries(value ?? {}).find(([name]) => name !== "type");
  return entry ? entry[1] : null;
}

/** @param {unknown} value */
function empty(value) {
  return value === null || value === undefined || (typeof value === "string" && !value.trim()) || (Array.isArray(value) && !value.length);
}

/** @param {any} element @param {any} value */
function flaw(element, value) {
  const length = typeof value === "string" ? [...value].length : 0;
  if (element.min_length && length < element.min_length) return `At least ${element.min_length} characters, please.`;
  if (element.type === "plain_text_input" && length > (element.max_length ?? 3000)) return `At most ${element.max_length ?? 3000} characters, please.`;
  if (element.type === "email_text_input" && !EMAIL.test(value)) return "Please enter a valid e-mail address.";
  if (element.type === "url_text_input" && !URL.canParse(value)) return "Please enter a valid web address.";
  return element.type === "number_input" ? numberFlaw(element, Number(value)) : "";
}

/** @param {any} element @param {number} number */
function numberFlaw(element, number) {
  if (!Number.isFinite(number)) return "Please enter a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Please enter a whole number.";
  if (element.min_value !== undefined && number < Number(element.min_value)) return `At least ${element.min_value}, please.`;
  if (element.max_value !== undefined && number > Number(element.max_value)) return `At most ${element.max_value}, please.`;
  return "";
}
