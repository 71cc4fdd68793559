// "Plan for": at a risk that the reader picks, by place and night, beside capacities that somebody states.
import { html } from "crossings/lib";
import { SmallFan } from "crossings/parts/chart";
import { OldFigure, targetWords } from "crossings/parts/headline";
import { placeName, stagesOf } from "crossings/ranges";
import { between, day, figure, rounded, roundedUp, stampWords, stepFor, t, term } from "crossings/words";

const RISKS = /** @type {[number, string][]} */ ([[0.8, "risk_80"], [0.9, "risk_90"], [0.95, "risk_95"], [0.99, "risk_99"]]);
const WANTED = ["present.stock", "waiting.stock", "unregistered.stock", "hosted.stock"];
const MOST_WAITS = 3;

/** @param {any} page @param {string} place */
const capacityOf = (page, place) => page.claims.filter((/** @type {any} */ c) => c.measure === "capacity" && (c.place || "all") === place && c.unit === "people"
  && c.counting === "stock" && c.review !== "rejected" && (c.low ?? c.high) !== null);

/** @param {any} page @param {string} target @param {string} place @param {number} i */
function levelsOf(page, target, place, i) {
  const row = page.forecast.quantiles[target]?.[place]?.[i];
  return row ? (/** @type {number} */ level) => row[page.forecast.levels.indexOf(level)] : null;
}

/** @param {any} props */
export function PlanFor({ page, risk, setRisk, shownDay }) {
  const targets = WANTED.filter((target) => page.forecast.targets.includes(target));
  const columns = [...new Set([page.forecast.headline.target, ...targets])];
  const places = page.forecast.places.filter((/** @type {string} */ place) => place === "all" || columns.some((c) => {
    const at = levelsOf(page, c, place, shownDay);
    return !at || at(risk) >= 1;
  }));
  const stated = places.some((/** @type {string} */ place) => capacityOf(page, place).length);
  const time = page.forecast.times[shownDay];
  const caption = t("plan_caption", { day: day(time), risk: t(RISKS.find(([value]) => value === risk)?.[1] || "risk_90") });
  return html`<section id="plan"><h2>${t("plan_title")}</h2><${OldFigure} page=${page} />
    <fieldset class="choice"><legend>${t("risk")}</legend>${RISKS.map(([value, key]) => html`<label key=${key}>
      <input type="radio" name="risk" value=${value} checked=${risk === value} onChange=${() => setRisk(value)} />${t(key)}</label>`)}</fieldset>
    <div class="table" tabindex="0" role="region" aria-label=${t("plan_title")}><table class="matrix"><caption>${caption}</caption>
      <thead><tr><th scope="col">${t("place")}</th>${columns.map((c) => html`<th scope="col" class="n" key=${c}>${term("column", c, targetWords(page, c))}</th>`)}
        ${stated && html`<th scope="col">${t("capacity")}</th><th scope="col" class="n">${t("shortfall")}</th>`}</tr></thead>
      <tbody>${places.map((/** @type {string} */ place) => html`<tr key=${place} class=${place === "all" ? "total" : ""}><th scope="row" dir="auto">${placeName(page, place)}</th>
        ${columns.map((c) => html`<td class="n plan-for" key=${c}><${Planned} at=${levelsOf(page, c, place, shownDay)} risk=${risk} /></td>`)}
        ${stated && html`<${Capacity} page=${page} place=${place} present=${levelsOf(page, targets.includes("present.stock") ? "present.stock" : columns[0], place, shownDay)?.(risk)} />`}</tr>`)}</tbody></table></div>
    <p class="soft">${t("places_note")} ${!stated && t("no_capacity")}${page.forecast.shares_assumed ? html` <strong>${t("shares_assumed")}</strong>` : ""}</p>
    <${Waits} page=${page} /></section>`;
}

/** A figure to plan for; a dash where nobody is expected. @param {any} props */
function Planned({ at, risk }) {
  if (!at) return html`<span class="soft">${t("withheld_place")}</span>`;
  return at(risk) < 1 ? html`<span class="soft">0</span>` : roundedUp(at(risk), stepFor(at(0.95) - at(0.05)));
}

/** What somebody says that a place holds, and how many too few that is. @param {any} props */
function Capacity({ page, place, present }) {
  const stated = capacityOf(page, place);
  if (!stated.length) return html`<td><span class="soft">–</span></td><td class="n"><span class="soft">–</span></td>`;
  const short = present === undefined ? null : present - Math.min(...stated.map((/** @type {any} */ c) => c.low ?? c.high));
  return html`<td>${stated.map((/** @type {any} */ c) => html`<div key=${c.id}>${figure(c)} <small><bdi>${c.speakers || t("the_report")}</bdi>${t("comma")}${stampWords(c.as_of, c.precision)}</small></div>`)}</td>
    <td class="n">${short === null ? "–" : short > 0 ? html`<strong class="short">${roundedUp(short, stepFor(short))}</strong>` : t("enough")}</td>`;
}

/** The newest reports of how long people wait or travel. @param {any} props */
function Waits({ page }) {
  const told = page.claims.filter((/** @type {any} */ c) => c.measure === "travel_time" && c.review !== "rejected" && c.as_of)
    .sort((/** @type {any} */ a, /** @type {any} */ b) => b.as_of.localeCompare(a.as_of)).slice(0, MOST_WAITS);
  if (!told.length) return null;
  return html`<h3>${t("waits")}</h3><ul class="waits">${told.map((/** @type {any} */ c) => html`<li key=${c.id}><strong>${figure(c)} ${term("unit", c.unit)}</strong>${t("comma")}<bdi>${[c.origin, c.place_name].filter(Boolean).join(" → ")}</bdi> <span class="soft">(<bdi>${c.speakers || t("the_report")}</bdi>${t("comma")}${stampWords(c.as_of, c.precision)})</span></li>`)}</ul>`;
}

/** The headline's target at each place: a small fan and the days. @param {any} props */
export function SmallMultiples({ page, shownDay }) {
  const { target } = page.forecast.headline;
  const stages = stagesOf(page, shownDay);
  if (!stages.length) return null;
  return html`<section id="places"><h2>${t("places")}</h2><p class="soft">${t("own_scales")}</p><div class="cards small">${stages.map((/** @type {any} */ { stage, rows, now, name }) => {
    const step = stepFor(now.high90 - now.low90);
    return html`<div class="card" key=${stage[0]}><h3 dir="auto">${name}</h3>
      <${SmallFan} page=${page} places=${stage} rows=${rows} now=${now} />
      <p><strong>${rounded(now.median, step)}</strong> ${targetWords(page, target)} <span class="soft range">${t("until", { day: day(now.time) })}</span><br />
      <span class="soft">${t("nine_in_ten")}: <span class="range">${between(now.low90, now.high90, step)}</span></span></p></div>`;
  })}</div></section>`;
}
