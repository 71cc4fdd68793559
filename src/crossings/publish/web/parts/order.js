// Ask for a new forecast and follow it; take what is shown along.
import { html, useRef, useState } from "crossings/lib";
import { exported, source, token } from "crossings/source";
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
      const asked = await source.order(situation, { as_of: String(given.get("as_of")) || null, horizon: given.get("horizon") });
      const now = await followed(asked, setJob);
      if (now.state === "done") onMade(now.result.forecast);
    } catch (/** @type {any} */ error) {
      setJob(null);
      setWrong(error.message || t("no_server"));
    }
  }

  return html`<details class="order"><summary>${t("new")}</summary><form ref=${form} onSubmit=${make}>
    <label>${t("new_as_of")} <input name="as_of" placeholder="2023-09-25" maxlength="40" /></label>
    <label>${t("new_horizon")} <select name="horizon">${["4d", "8d", "15d", "30d"].map((far) => html`<option key=${far} value=${far} selected=${far === "8d"}>${far}</option>`)}</select></label>
    <label>${t("new_token")} <input name="token" type="password" autocomplete="off" value=${token.get()} /></label>
    <button disabled=${running}>${t("make")}</button>
    ${running && html`<button type="button" onClick=${() => source.cancel(job.id).catch(() => {})}>${t("cancel")}</button>`}
    <p role="status">${wrong || jobWords(job)}</p>${running && html`<progress max="1" value=${job.share}></progress>`}</form></details>`;
}

/** Follow a job until it has ended. @param {any} job @param {(job: any) => void} told @returns {Promise<any>} */
export async function followed(job, told) {
  let now = job;
  told(now);
  while (["waiting", "running"].includes(now.state)) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    now = await source.job(now.id);
    told(now);
  }
  return now;
}

/** @param {any} job */
export function jobWords(job) {
  if (!job || job.state === "done") return "";
  if (job.state === "running") return t("job_running", { percent: Math.round(100 * job.share) });
  return t(`job_${job.state}`, { why: job.detail });
}

const FORMS = ["csv", "json", "netcdf", "hub", "hxl", "claims", "page"];

/** The chart as a file of its own: its styles are written into it. @param {string} id */
function chartFile(id) {
  const svg = /** @type {any} */ (document.getElementById(id));
  const copy = svg.cloneNode(true);
  const own = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((/** @type {any} */ element, /** @type {number} */ i) => {
    const style = getComputedStyle(own[i]);
    for (const key of ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-family", "font-weight", "opacity"]) {
      element.setAttribute(key, style.getPropertyValue(key));
    }
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}

/** @param {any} props */
export function Downloads({ page }) {
  const [copied, setCopied] = useState(false);
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(chartFile("fan"));
    link.download = `${page.situation.id}.svg`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const copy = () => navigator.clipboard?.writeText(location.href).then(() => setCopied(true), () => {});
  return html`<section id="downloads"><h2>${t("downloads")}</h2><ul class="downloads">
    ${!exported && FORMS.map((form) => html`<li key=${form}><a href=${source.download(page.situation.id, page.id, form)} download>${t(`download_${form}`)}</a></li>`)}
    <li><button type="button" onClick=${save}>${t("download_svg")}</button></li>
    ${!exported && html`<li><button type="button" onClick=${copy}>${copied ? t("copied") : t("copy_link")}</button></li>`}</ul></section>`;
}
