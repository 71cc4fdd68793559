// "Plan for": at a risk that the reader picks, by place and night, beside capacities that somebody states.
import { html } from "crossings/lib";
import { rangesOf, SmallFan } from "crossings/parts/chart";
import { between, day, rounded, roundedUp, stepFor, t } from "crossings/words";

const RISKS = [[0.8, "risk_80"], [0.9, "risk_90"], [0.95, "risk_95"], [0.99, "risk_99"]];
const WANTED = ["present.stock", "waiting.stock", "unregistered.stock", "hosted.stock"];

/** @param {any} page @param {string} place */
function capacityOf(page, place) {
  return page.claims.filter((/** @type {any} */ c) => c.measure === "capacity" && c.place === place && c.unit === "people" && c.counting === "stock" && c.review !== "rejected");
}

/** @param {any} page @param {string} id */
const placeName = (page, id) => (id === "all" ? "" : page.places.find((/** @type {any} */ p) => p.id === id)?.name || id);

/** @param {any} props */
export function PlanFor({ page, risk, setRisk, shownDay }) {
  const targets = WANTED.filter((target) => page.forecast.targets.includes(target));
  const top = page.forecast.headline.target;
  const columns = [top, ...targets];
  const places = page.forecast.places;
  const time = page.forecast.times[shownDay];
  return html`<section id="plan"><h2>${t("plan_title")}</h2>
    <fieldset class="choice"><legend>${t("risk")}</legend>${RISKS.map(([value, key]) => html`<label key=${key}>
      <input type="radio" name="risk" value=${value} checked=${risk === value} onChange=${() => setRisk(value)} />${t(String(key))}</label>`)}</fieldset>
    <p>${t("night")} <strong>${day(time)}</strong></p>
    <div class="table" tabindex="0" role="region" aria-label=${t("plan_title")}><table class="matrix">
      <thead><tr><th scope="col">${t("place")}</th>${columns.map((c) => html`<th scope="col" class="n" key=${c}>${page.words.targets[c]}</th>`)}
        <th scope="col">${t("capacity")}</th><th scope="col" class="n">${t("shortfall")}</th></tr></thead>
      <tbody>${places.map((/** @type {string} */ place) => {
        const stated = capacityOf(page, place);
        const present = figure(page, "present.stock", place, shownDay, risk);
        const short = stated.length && present !== null ? present - Math.min(...stated.map((/** @type {any} */ c) => c.low ?? c.high)) : null;
        return html`<tr key=${place} class=${place === "all" ? "total" : ""}><th scope="row">${place === "all" ? page.words.all_places : placeName(page, place)}</th>
          ${columns.map((c) => html`<td class="n plan-for" key=${c}>${shown(page, c, place, shownDay, risk)}</td>`)}
          <td>${stated.length ? stated.map((/** @type {any} */ c) => html`<div key=${c.id}>${t("capacity_says", { figure: c.figure, who: c.speakers || t("the_report") })}</div>`) : html`<span class="soft">–</span>`}</td>
          <td class="n">${short === null ? html`<span class="soft">–</span>` : short > 0 ? html`<strong class="short">${roundedUp(short, stepFor(short))}</strong>` : t("enough")}</td></tr>`;
      })}</tbody></table></div>
    <p class="soft">${t("places_note")}${page.forecast.shares_assumed ? html` <strong>${t("shares_assumed")}</strong>` : ""}</p></section>`;
}

/** @param {any} page @param {string} target @param {string} place @param {number} i @param {number} risk */
function figure(page, target, place, i, risk) {
  const row = page.forecast.quantiles[target]?.[place]?.[i];
  return row ? row[page.forecast.levels.indexOf(risk)] : null;
}

/** @param {any} page @param {string} target @param {string} place @param {number} i @param {number} risk */
function shown(page, target, place, i, risk) {
  const row = page.forecast.quantiles[target]?.[place]?.[i];
  if (!row) return html`<span class="soft">${t("withheld_place")}</span>`;
  const at = (/** @type {number} */ level) => row[page.forecast.levels.indexOf(level)];
  return roundedUp(at(risk), stepFor(at(0.95) - at(0.05)));
}

/** The headline's target at each place: a small fan and the days. @param {any} props */
export function SmallMultiples({ page, shownDay }) {
  const top = page.forecast.headline;
  const stages = page.forecast.stages
    .map((/** @type {string[]} */ stage) => ({ stage, rows: rangesOf(page, top.target, stage[0]) }))
    .filter((/** @type {any} */ s) => s.rows.length && s.rows[s.rows.length - 1].high90 >= 1)
    .sort((/** @type {any} */ a, /** @type {any} */ b) => b.rows[b.rows.length - 1].median - a.rows[a.rows.length - 1].median);
  return html`<section id="places"><h2>${t("places")}</h2><div class="cards">${stages.map((/** @type {any} */ { stage, rows }) => {
    const end = rows[rows.length - 1];
    const now = rows.find((/** @type {any} */ r) => r.i === shownDay) || end;
    const step = stepFor(now.high90 - now.low90);
    return html`<div class="card" key=${stage[0]}><h3>${stage.map((/** @type {string} */ p) => placeName(page, p)).join(", ")}</h3>
      <${SmallFan} rows=${rows} most=${end.high90} />
      <p><strong>${rounded(now.median, step)}</strong> ${page.words.targets[top.target]} <span class="soft">${t("until", { day: day(now.time) })}</span><br />
      <span class="soft">${t("nine_in_ten")}: ${between(now.low90, now.high90, step)}</span></p></div>`;
  })}</div></section>`;
}
