/** What a person does, sent to the sandbox; a failure is told where Slack would tell it. */

import { post, UNREACHABLE } from "./api.js";
import { command, message } from "./compose/outgoing.js";
import { toast } from "./ui/toast.js";

/**
 * @typedef {import("./app.js").App} App
 * @typedef {{channel: string, thread: string}} Target
 */

/** @type {Record<string, string>} */
const FAILURES = {
  operation_timeout: "the app did not answer within three seconds",
  dispatch_failed: "no app is connected",
  [UNREACHABLE]: "the sandbox cannot be reached",
};

/** @param {string | undefined} error */
export function reason(error) {
  return FAILURES[error ?? ""] ?? error ?? "unknown error";
}

/**
 * Sends what was typed: a slash command or a message. Resolves to false when it must not leave the composer.
 * @param {App} app
 * @param {Target} target
 * @param {string} text
 */
export async function send(app, target, text) {
  if (/^\/[a-z]/i.test(text)) return sendCommand(app, target, text);
  const answer = await post("/client/message", {
    user: app.state.me, channel: target.channel, text: message(text, app.state), thread_ts: target.thread || undefined,
  });
  if (answer.ok) return true;
  toast(`Not sent: ${reason(answer.error)}.`, "bad");
  return false;
}

/** Shows a file to the channel, with what was typed. @param {App} app @param {Target} target @param {File} file @param {string} text */
export async function share(app, target, file, text) {
  const answer = await post("/client/file", {
    user: app.state.me, channel: target.channel, text: message(text, app.state), thread_ts: target.thread || undefined,
    name: file.name, content: await base64(file),
  });
  if (!answer.ok) toast(`${file.name} was not shared: ${reason(answer.error)}.`, "bad");
  return answer.ok;
}

/** @param {Blob} blob @returns {Promise<string>} */
function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).replace(/^[^,]*,/, "")));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}

/** @param {App} app @param {Target} target @param {string} text */
async function sendCommand(app, target, text) {
  const name = text.split(/\s/)[0];
  if (target.thread) {
    slackbot(app, target, `\`${name}\` is not supported in threads. Sorry! Type it in the channel, or mention the app here.`);
    return false;
  }
  const answer = await post("/client/command", { user: app.state.me, channel: target.channel, text: command(text, app.state) });
  if (!answer.ok) commandFailed(app, target, name, answer.error);
  return answer.ok || ![UNREACHABLE, "unknown_command"].includes(answer.error ?? "");
}

/** Says once, to this person only, that a command failed. @param {App} app @param {Target} target @param {string} name @param {string | undefined} error */
export function commandFailed(app, target, name, error) {
  const key = `${name} ${error}`;
  if (app.lastFailure.key === key && Date.now() - app.lastFailure.at < 2000) return;
  app.lastFailure = { key, at: Date.now() };
  if (error === "unknown_command") {
    slackbot(app, target, `\`${name}\` is not a valid command. Type \`/\` to see the commands there are.`);
  } else if (Object.hasOwn(FAILURES, error ?? "")) {
    slackbot(app, target, `\`${name}\` failed with the error "${error}": ${reason(error)}.`);
  } else {
    slackbot(app, target, `\`${name}\` failed with the error "${reason(error)}".`);
  }
}

/** A message that only this page knows, as Slackbot would write it. @param {App} app @param {Target} target @param {string} text */
export function slackbot(app, target, text) {
  const ts = (app.state.now() + Math.random() / 1000).toFixed(6);
  app.feed.put(target.channel, {
    ts, text, type: "message", username: "Slackbot", user: "USLACKBOT", ephemeral: true, local: true,
    thread_ts: target.thread || undefined,
  });
}

/**
 * A press or a choice inside a message or a view.
 * @param {App} app
 * @param {{message?: {channel: string, ts: string}, view?: {id: string}}} container
 * @param {{block: any, element: any, chosen: Record<string, unknown>, state: unknown}} press
 */
export async function act(app, container, { block, element, chosen, state }) {
  const answer = await post("/client/action", {
    user: app.state.me, ...container, block_id: block.block_id, action_id: element.action_id, type: element.type,
    ...chosen, state,
  });
  if (!answer.ok) toast(`That did not work: ${reason(answer.error)}.`, "bad");
}

/** @param {App} app @param {any} container @param {any} block @param {any} element @param {string} words @returns {Promise<any[]>} */
export async function options(app, container, block, element, words) {
  const answer = await post("/client/options", { user: app.state.me, ...container, block_id: block.block_id, action_id: element.action_id, value: words });
  return answer.option_groups ?? answer.options ?? [];
}

/** @param {App} app @param {import("./state.js").Shortcut} shortcut @param {{channel: string, ts: string}} [about] */
export async function runShortcut(app, shortcut, about) {
  const answer = await post("/client/shortcut", { user: app.state.me, callback_id: shortcut.callback_id, message: about });
  if (!answer.ok) toast(`“${shortcut.name}” did not work: ${reason(answer.error)}.`, "bad");
}

/** Adds one's reaction, or takes it back. @param {App} app @param {string} channel @param {any} about @param {string} name */
export async function react(app, channel, about, name) {
  const mine = (about.reactions ?? []).some((/** @type {any} */ one) => one.name === name && one.users?.includes(app.state.me));
  const answer = await post("/client/reaction", { user: app.state.me, channel, ts: about.ts, name, action: mine ? "remove" : "add" });
  if (answer.ok === false) toast(`The reaction was not kept: ${reason(answer.error)}.`, "bad");
}
