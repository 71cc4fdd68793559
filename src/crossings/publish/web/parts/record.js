// How good it was: in plain words, with the scores of simple rules beside, and the forecasts before.
import { html, useEffect, useState } from "crossings/lib";
import { jump } from "crossings/address";
import { source } from "crossings/source";
import { between, day, moment, number, rounded, stepFor, t, term } from "crossings/words";

/** @param {any} props */
export function HowGood({ page }) {
  const [rows, setRows] = useState(/** @type {any[]} */ ([]));
  useEffect(() => { source.record(page.situation.id).then((found) => setRows(found.items), () => setRows([])); }, [page.situation.id, page.id]);
  const found = page.record;
  return html`<section id="record"><h2>${t("how_good")}</h2>${!found ? html`<p>${t("how_good_none")}</p>`
    : html`<p>${t("how_good_line", { inside: found.in90, all: found.days, half: found.in50 })} <a href="#course" onClick=${(/** @type {Event} */ e) => jump("course", e)}>${t("see_chart")}</a></p><${Scores} found=${found} />`}
    ${rows.length > 1 && html`<${Before} rows=${rows} />`}<p class="soft">${t("how_good_caveat")}</p></section>`;
}

/** The mean score of the forecast and of simple rules on the same days: the shorter the better. @param {any} props */
function Scores({ found }) {
  const rows = Object.entries(found.wis).sort((a, b) => a[1] - b[1]);
  if (rows.length < 2) return null;
  const most = rows[rows.length - 1][1] || 1;
  return html`<div class="table" tabindex="0" role="region" aria-label=${t("scores")}><table class="scores"><caption>${t("scores")}</caption><tbody>${rows.map(([name, value]) => html`<tr key=${name} class=${name === "forecast" ? "total" : ""}>
    <th scope="row">${name === "forecast" ? t("this_forecast") : term("rule", name)}</th><td class="n">${number(Math.round(value))}</td>
    <td class="bar-cell"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class=${name === "forecast" ? "own" : ""} width=${(100 * value) / most} height="8" /></svg></td></tr>`)}</tbody></table></div>`;
}

/** Kept forecasts of this situation beside what came. @param {any} props */
function Before({ rows }) {
  return html`<div class="table" tabindex="0" role="region" aria-label=${t("kept_forecasts")}><table><caption>${t("kept_forecasts")}</caption><thead><tr><th scope="col">${t("issued_column")}</th><th scope="col">${t("end_of_day")}</th>
    ${["median", "nine_in_ten", "came", "held"].map((key) => html`<th scope="col" class="n" key=${key}>${t(key)}</th>`)}</tr></thead><tbody>${rows.map((/** @type {any} */ r) => {
    const step = stepFor(r.high90 - r.low90);
    return html`<tr key=${r.issued_at + r.median}><th scope="row">${moment(r.issued_at)}</th><td>${day(r.time)}</td><td class="n">${rounded(r.median, step)}</td><td class="n">${between(r.low90, r.high90, step)}</td>
      <td class="n">${r.outcome === null ? "–" : number(Math.round(r.outcome))}</td><td class="n">${r.settled ? t("of", { part: r.in90, all: r.settled }) : "–"}</td></tr>`;
  })}</tbody></table></div>`;
}
