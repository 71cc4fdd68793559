// Where the page's content comes from: a server, or the file itself when the page was exported.

/** @typedef {{id: string, issued_at: string, horizon_hours: number, headline: any}} KeptRow */

/** @param {string} id */
function embedded(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent || "null") : null;
}

const OWN = embedded("page-content");

/** What a server puts into the document so that the first view needs no further question: texts of a
 * language, situations, kept forecasts, the upper part of one; and the modules of what comes after it.
 * @type {{lang: string, messages: Record<string, string>, ahead: string[], below: string[], situations: any, s: string, f: string, kept: any[], page: any} | null} */
export const FIRST = embedded("first-view");

/** Whether the page was exported as a file and has no server. */
export const exported = OWN !== null;

/** The token stays in this tab and never in an address. */
const TOKEN = "crossings-token";
export const token = {
  get: () => sessionStorage.getItem(TOKEN) || "",
  /** @param {string} value */
  set: (value) => sessionStorage.setItem(TOKEN, value),
};

export class Problem extends Error {
  /** @param {number} status @param {string} detail */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** @param {string} path @param {RequestInit} [options] */
async function answered(path, options = {}) {
  const headers = /** @type {Record<string, string>} */ ({ ...(options.headers || {}) });
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  let answer;
  try {
    answer = await fetch(path, { ...options, headers });
  } catch {
    throw new Problem(0, "");
  }
  if (answer.ok) return answer;
  const content = await answer.json().catch(() => null);
  throw new Problem(answer.status, content?.detail || answer.statusText);
}

/** @param {string} path @param {RequestInit} [options] */
const ask = async (path, options) => (await answered(path, options)).json();

/** The events of a stream as they come; it is read here because the browser's own reader sends no token.
 * @param {string} path @param {(content: any) => void} told */
async function listen(path, told) {
  const { body } = await answered(path, { headers: { Accept: "text/event-stream" } });
  const reader = /** @type {ReadableStream<Uint8Array>} */ (body).getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() || "";
    for (const event of events) told(JSON.parse(event.replace(/^data: /, "")));
  }
}

const enc = encodeURIComponent;

/** Take an answer unless something else has been asked for meanwhile; gives what says so, as an effect does.
 * @param {Promise<any>} answer @param {(found: any) => void} take @param {(error: any) => void} failed */
export function asLongAsWanted(answer, take, failed) {
  let wanted = true;
  answer.then((found) => wanted && take(found), (error) => wanted && failed(error));
  return () => { wanted = false; };
}

export const source = {
  /** @param {string} lang */
  messages: (lang) => (exported ? Promise.resolve(OWN.messages[lang] || {}) : ask(`/web/messages/${enc(lang)}.json`)),
  situations: () =>
    exported ? Promise.resolve({ items: [OWN.overview], profile: OWN.overview.profile }) : ask("/api/situations"),
  /** @param {string} situation @returns {Promise<{items: KeptRow[]}>} */
  forecasts: (situation) =>
    exported ? Promise.resolve({ items: OWN.kept }) : ask(`/api/situations/${enc(situation)}/forecasts`),
  /** @param {string} situation @param {string} id */
  forecast: (situation, id) =>
    exported ? Promise.resolve(OWN.pages[id]) : ask(`/api/situations/${enc(situation)}/forecasts/${enc(id)}`),
  /** What was reported after it was issued. @param {string} situation @param {string} id @returns {Promise<{items: any[]}>} */
  later: (situation, id) =>
    exported ? Promise.resolve({ items: OWN.pages[id].later }) : ask(`/api/situations/${enc(situation)}/forecasts/${enc(id)}/later`),
  /** @param {string} situation */
  borders: (situation) =>
    exported ? Promise.resolve(OWN.borders) : ask(`/api/situations/${enc(situation)}/borders`),
  /** Past forecasts beside what came. @param {string} situation @returns {Promise<{items: any[]}>} */
  record: (situation) => (exported ? Promise.resolve({ items: OWN.record }) : ask(`/api/situations/${enc(situation)}/record`)),
  /** @param {string} situation @param {object} wanted */
  order: (situation, wanted) =>
    ask(`/api/situations/${enc(situation)}/forecasts`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wanted),
    }),
  /** @param {string} situation @param {object} wanted */
  whatIf: (situation, wanted) =>
    ask(`/api/situations/${enc(situation)}/what-if`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wanted),
    }),
  /** @param {string} situation */
  proposed: (situation) =>
    exported ? Promise.resolve({ items: [], ledger: false }) : ask(`/api/situations/${enc(situation)}/proposed`),
  /** @param {string} entry @param {object} decided */
  review: (entry, decided) =>
    ask(`/api/entries/${enc(entry)}/review`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(decided),
    }),
  /** @param {string} situation @param {string} document */
  document: (situation, document) => ask(`/api/situations/${enc(situation)}/documents/${enc(document)}`),
  /** @param {string} job */
  job: (job) => ask(`/api/jobs/${enc(job)}`),
  /** Each state of a job until it has ended. @param {string} job @param {(job: any) => void} told */
  follow: (job, told) => listen(`/api/jobs/${enc(job)}/events`, told),
  /** @param {string} job */
  cancel: (job) => ask(`/api/jobs/${enc(job)}`, { method: "DELETE" }),
  /** @param {string} situation @param {string} id @param {string} form */
  download: (situation, id, form) =>
    `/api/situations/${enc(situation)}/forecasts/${enc(id)}/download?format=${enc(form)}`,
};
