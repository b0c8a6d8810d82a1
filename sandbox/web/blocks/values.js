/** What a person has filled in so far, in Slack's `state.values` shape; it survives redrawing. */

/** @typedef {Record<string, unknown> & {type: string}} Value */

export class Values {
  constructor() {
    /** @type {Record<string, Record<string, Value>>} */
    this.all = {};
  }

  /**
   * The value of a field, which starts as `initial` when the field is new.
   * @param {string} block
   * @param {string} action
   * @param {Value} initial
   * @returns {Value}
   */
  start(block, action, initial) {
    const fields = (this.all[block] ??= {});
    if (fields[action]?.type !== initial.type) fields[action] = initial;
    return fields[action];
  }

  /** @param {string} block @param {string} action @param {Value} value */
  set(block, action, value) {
    (this.all[block] ??= {})[action] = value;
  }

  /** Forgets the fields that these blocks no longer have. @param {any[]} blocks */
  keepOnly(blocks) {
    const present = new Set(blocks.map((block) => block.block_id));
    for (const block of Object.keys(this.all)) if (!present.has(block)) delete this.all[block];
  }
}
