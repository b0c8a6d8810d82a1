/** The sandbox server's address book: every request the page makes, and the stream of events. */

/**
 * @typedef {{ok?: boolean, error?: string} & Record<string, any>} Answer
 * @typedef {{onEvent: (event: any) => void, onOpen: () => void, onLost: () => void}} StreamListeners
 */

/** The error of an answer that never came. */
export const UNREACHABLE = "unreachable";

/** @param {string} path @param {Record<string, unknown>} [query] @returns {Promise<Answer>} */
export function get(path, query = {}) {
  const present = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = new URLSearchParams(present.map(([name, value]) => [name, String(value)]));
  return answer(fetch(search.size ? `${path}?${search}` : path));
}

/** @param {string} path @param {unknown} body @returns {Promise<Answer>} */
export function post(path, body) {
  return answer(fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));
}

/** @param {string} path @returns {Promise<Answer>} */
export function remove(path) {
  return answer(fetch(path, { method: "DELETE" }));
}

/** The body of a response; a failure is an answer too. @param {Promise<Response>} request @returns {Promise<Answer>} */
async function answer(request) {
  try {
    const response = await request;
    const body = await response.json();
    return response.ok ? body : { ok: false, error: `http_${response.status}`, ...body };
  } catch {
    return { ok: false, error: UNREACHABLE };
  }
}

/**
 * Events for one person, until the returned function is called. A lost stream is opened again by the browser.
 * @param {string} user
 * @param {StreamListeners} listeners
 * @returns {() => void}
 */
export function listen(user, { onEvent, onOpen, onLost }) {
  let source = /** @type {EventSource | null} */ (null);
  let retry = 0;
  const connect = () => {
    source = new EventSource(`/client/stream?user=${encodeURIComponent(user)}`);
    source.onopen = onOpen;
    source.onmessage = (message) => onEvent(JSON.parse(message.data));
    source.onerror = () => {
      onLost();
      source?.close();
      retry = setTimeout(connect, 1000);
    };
  };
  connect();
  return () => {
    clearTimeout(retry);
    source?.close();
  };
}
