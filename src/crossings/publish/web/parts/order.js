// Ask for a new forecast and follow it.
import { html, useRef, useState } from "crossings/lib";
import { source, token } from "crossings/source";
import { t } from "crossings/words";

/** @param {any} props */
export function Order({ situation, onMade }) {
  const [job, setJob] = useState(/** @type {any} */ (null));
  const [wrong, setWrong] = useState("");
  const form = useRef(/** @type {any} */ (null));
  const running = job && ["waiting", "running"].includes(job.state);

  /** @param {any} event */
  async function make(event) {
    event.preventDefault();
    const given = new FormData(form.current);
    token.set(String(given.get("token") || ""));
    setWrong("");
    try {
      const asked = await source.order(situation, { as_of: String(given.get("as_of")) || null, horizon: given.get("horizon"), reasons: given.has("reasons") });
      const now = await followed(asked, setJob);
      if (now.state === "done") onMade(now.result.forecast);
    } catch (/** @type {any} */ error) {
      setJob(null);
      setWrong(problemWords(error));
    }
  }

  return html`<details class="order"><summary>${t("new")}</summary><form ref=${form} onSubmit=${make}>
    <label>${t("new_as_of")} <input name="as_of" placeholder="2023-09-25" maxlength="40" /></label>
    <label>${t("new_horizon")} <select name="horizon">${["4d", "8d", "15d", "30d"].map((far) => html`<option key=${far} value=${far} selected=${far === "8d"}>${far}</option>`)}</select></label>
    <label><input name="reasons" type="checkbox" /> ${t("new_reasons")}</label>
    <label>${t("new_token")} <input name="token" type="password" autocomplete="off" defaultValue=${token.get()} /></label>
    <button disabled=${running}>${t("make")}</button>
    ${running && html`<button type="button" onClick=${() => source.cancel(job.id).catch(() => {})}>${t("cancel")}</button>`}
    <p role="status">${wrong || jobWords(job)}</p>${running && html`<progress max="1" value=${job.share}></progress>`}</form></details>`;
}

const PAUSE_MS = 1000;

/** Follow a job until it has ended; a stream that breaks off is taken up again. @param {any} job @param {(job: any) => void} told @returns {Promise<any>} */
export async function followed(job, told) {
  let now = job;
  told(now);
  while (["waiting", "running"].includes(now.state)) {
    await source.follow(job.id, (next) => { now = next; told(now); }).catch(() => new Promise((resolve) => setTimeout(resolve, PAUSE_MS)));
    if (["waiting", "running"].includes(now.state)) now = await source.job(job.id);
  }
  told(now);
  return now;
}

/** What went wrong, for the person who asked. @param {any} error */
export const problemWords = (error) => (error.status === 401 ? t("token_missing") : error.message || t("no_server"));

/** @param {any} job */
export function jobWords(job) {
  if (!job || job.state === "done") return "";
  if (job.state === "running") return t("job_running", { percent: Math.round(100 * job.share) });
  return t(`job_${job.state}`, { why: job.detail });
}
