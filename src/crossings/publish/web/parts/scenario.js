// What if: choose what is otherwise, follow the job, see the paired difference by day.
import { html, useRef, useState } from "crossings/lib";
import { targetWords } from "crossings/parts/headline";
import { followed, jobWords, problemWords } from "crossings/parts/order";
import { Told } from "crossings/parts/told";
import { placeName } from "crossings/ranges";
import { between, day, moment, number, rounded, stepFor, t } from "crossings/words";
import { source, token } from "crossings/source";

const FACTORS = [0.5, 2, 4];

/** A scenario in the address: "close:bridge capacity:2 ceasefire at:2023-09-27". @param {any} wanted */
function written(wanted) {
  const parts = [...wanted.close.map((/** @type {string} */ p) => `close:${p}`), ...wanted.open.map((/** @type {string} */ p) => `open:${p}`)];
  if (wanted.capacity.all) parts.push(`capacity:${wanted.capacity.all}`);
  for (const flag of ["ceasefire", "attack"]) if (wanted[flag]) parts.push(flag);
  if (wanted.at) parts.push(`at:${wanted.at}`);
  return parts.join(" ");
}

/** @param {any} props */
export function WhatIf({ page, what, update }) {
  const [job, setJob] = useState(/** @type {any} */ (null));
  const [wrong, setWrong] = useState("");
  const form = useRef(/** @type {any} */ (null));
  const running = job && ["waiting", "running"].includes(job.state);
  const crossings = page.places.filter((/** @type {any} */ p) => p.kind === "crossing");
  const asked = new Set(what.split(" "));
  const valueOf = (/** @type {string} */ key) => [...asked].find((part) => part.startsWith(`${key}:`))?.slice(key.length + 1) || "";
  const internal = page.situation.profile === "internal";

  /** @param {any} event */
  async function run(event) {
    event.preventDefault();
    const given = new FormData(form.current);
    token.set(String(given.get("token") || ""));
    const chosenOf = (/** @type {string} */ act) => given.getAll("crossing").map(String).filter((v) => v.startsWith(`${act}:`)).map((v) => v.slice(act.length + 1));
    const factor = Number(given.get("capacity"));
    const wanted = {
      as_of: page.forecast.issued_at,
      horizon: `${Math.max(1, page.forecast.day_ends.length)}d`,
      close: chosenOf("close"),
      open: chosenOf("open"),
      capacity: factor ? { all: factor } : {},
      ceasefire: given.has("ceasefire"),
      attack: given.has("attack"),
      at: String(given.get("at")) || null,
    };
    if (!wanted.close.length && !wanted.open.length && !factor && !wanted.ceasefire && !wanted.attack) {
      setWrong(t("what_if_nothing"));
      return;
    }
    setWrong("");
    update({ what: written(wanted) });
    try {
      await followed(await source.whatIf(page.situation.id, wanted), setJob);
    } catch (/** @type {any} */ error) {
      setJob(null);
      setWrong(problemWords(error));
    }
  }

  return html`<section id="what-if"><h2>${t("what_if")}</h2><p class="soft">${t("what_if_help")}</p>
    <form ref=${form} onSubmit=${run} class="filters">
      ${crossings.map((/** @type {any} */ p) => html`<label key=${p.id}><bdi>${p.name}</bdi> <select name="crossing" data-place=${p.id}><option value="">${t("what_if_same")}</option>
        ${["close", "open"].map((act) => html`<option key=${act} value=${`${act}:${p.id}`} selected=${asked.has(`${act}:${p.id}`)}>${t(`what_if_${act}`)}</option>`)}</select></label>`)}
      <label>${t("what_if_capacity")} <select name="capacity"><option value="">${t("what_if_same")}</option>
        ${FACTORS.map((f) => html`<option key=${f} value=${f} selected=${valueOf("capacity") === String(f)}>${t("what_if_times", { factor: number(f) })}</option>`)}</select></label>
      <label><input type="checkbox" name="ceasefire" defaultChecked=${asked.has("ceasefire")} />${t("what_if_ceasefire")}</label>
      ${internal && html`<label><input type="checkbox" name="attack" defaultChecked=${asked.has("attack")} />${t("what_if_attack")}</label>`}
      <label>${t("what_if_at")} <input name="at" maxlength="40" placeholder=${page.forecast.issued_at.slice(0, 10)} defaultValue=${valueOf("at")} /></label>
      <label>${t("new_token")} <input name="token" type="password" autocomplete="off" defaultValue=${token.get()} /></label>
      <button disabled=${running}>${t("what_if_run")}</button>
      ${running && html`<button type="button" onClick=${() => source.cancel(job.id).catch(() => {})}>${t("cancel")}</button>`}
    </form><p role="status">${wrong || jobWords(job)}</p>${running && html`<progress max="1" value=${job.share}></progress>`}
    ${job?.state === "done" && html`<${Result} page=${page} result=${job.result} />`}</section>`;
}

/** @param {any} props */
function Result({ page, result }) {
  const wanted = ["arrived.cumulative", "waiting.stock", "queue.hours"].filter((target) => result.days[0]?.targets[target]);
  return html`<p><strong>${t("what_if_result", { words: scenarioWords(page, result) })}</strong></p>
    ${wanted.map((target) => html`<div class="table" key=${target} tabindex="0" role="region" aria-label=${target}><table><caption>${target in page.words.targets ? targetWords(page, target) : t(target)} <span class="soft">(${t("median")}, ${t("nine_in_ten")})</span></caption>
      <thead><tr><th scope="col">${t("end_of_day")}</th>${["as_is", "in_scenario", "difference"].map((key) => html`<th scope="col" class="n" key=${key}>${t(key)}</th>`)}</tr></thead>
      <tbody>${result.days.map((/** @type {any} */ row) => html`<tr key=${row.time}><th scope="row">${day(row.time)}</th>
        ${["as_is", "scenario", "difference"].map((branch) => html`<td class="n" key=${branch}><${Range} values=${row.targets[target][branch]} hours=${target === "queue.hours"} /></td>`)}</tr>`)}</tbody></table></div>`)}
    <ul class="soft">${result.notes.map((/** @type {any} */ note) => html`<li key=${note.text}><${Told} what=${note} /></li>`)}</ul>`;
}

/** What is otherwise, and from when. @param {any} page @param {any} result */
function scenarioWords(page, result) {
  const where = (/** @type {string} */ id) => (id === "all" ? t("every_crossing") : placeName(page, id));
  const changes = result.interventions.map((/** @type {any} */ one) =>
    t(`scenario_${one.kind}`, { place: where(one.place), factor: number(one.value), people: number(one.value) }));
  return `${changes.join(t("semicolon"))} (${moment(result.at)})`;
}

/** The median, and the range in which 9 of 10 histories lie. @param {any} props */
function Range({ values, hours }) {
  const [low, middle, high] = values;
  const step = stepFor(high - low);
  if (hours) return html`${number(Math.round(middle))} <small>${number(Math.round(low))}–${number(Math.round(high))}</small>`;
  return html`${rounded(middle, step)} <small>${between(low, high, step)}</small>`;
}
