// What stands first: how many, by when, how sure, where, on whose figures.
import { html } from "crossings/lib";
import { rangesOf, stagesOf } from "crossings/ranges";
import { Told } from "crossings/parts/told";
import { age, between, byThen, day, moment, number, rich, rounded, roundedUp, stepFor, t, term } from "crossings/words";

const OLD_HOURS = 24;
const NEAR_DAYS = 3;
const MOST_PLACES = 3;

/** The warning that the last figure is old, where it is. @param {any} props */
export function OldFigure({ page }) {
  const last = page.forecast.last_figure;
  return last && last.age_hours > OLD_HOURS ? html`<p class="warning" role="note">${t("old_figure", { age: age(last.age_hours) })}</p>` : null;
}

/** @param {any} page @param {string} target */
export const targetWords = (page, target) => term("target", target, page.words.targets[target]);

/** @param {any} props */
export function Headline({ page, shownDay }) {
  const { headline: top, last_figure: last, issued_at: issued } = page.forecast;
  const claim = last && page.claims.find((/** @type {any} */ c) => c.id === last.claim);
  const step = stepFor(top.high90 - top.low90);
  const odds = Object.entries(page.forecast.odds).map(([days, p]) => t("odds_within", { percent: Math.round(100 * p) || "< 1", days: parseInt(days, 10) }));
  return html`<header class="top" id="top"><p class="kicker"><bdi>${page.situation.title}</bdi></p>
    <h1>${rich("headline", {
      when: byThen(top.time), median: html`<span class="figure">${rounded(top.median, step)}</span>`, what: targetWords(page, top.target),
      low: rounded(top.low90, step), high: rounded(top.high90, step), note: html`<span class="soft">(${t("median")})</span>`,
    })}</h1>
    <p class="plan">${rich("plan_line", { plan: html`<strong>${roundedUp(top.plan_for, step)}</strong>` })}</p>
    ${odds.length > 0 && html`<p class="plan">${t("odds", { list: odds.join(t("comma")) })}</p>`}
    <${OldFigure} page=${page} />
    <${NextDays} page=${page} shownDay=${shownDay} />
    <p class="last">${last ? rich("last_figure", { figure: html`<strong>${number(last.value)}</strong>`, when: moment(last.as_of), age: age(last.age_hours), who: claim?.speakers || t("the_report") }) : t("no_figure")}</p>
    <p class="issue-line">${t("issued", { when: moment(issued, true), tier: term("tier", page.situation.tier, page.words.tier), profile: term("profile", page.situation.profile) })}</p>
    ${page.situation.left_out.length > 0 && html`<div class="withheld"><p>${t("withheld")}</p><ul>${page.situation.left_out.map((/** @type {any} */ w) => html`<li key=${w.text}><${Told} what=${w} /></li>`)}</ul></div>`}</header>`;
}

/** The nights just ahead, and where most people are by the chosen day. @param {any} props */
function NextDays({ page, shownDay }) {
  const top = page.forecast.headline;
  const rows = rangesOf(page, top.target, top.place).filter((/** @type {any} */ r) => page.forecast.day_ends.includes(r.i));
  const near = rows.slice(0, NEAR_DAYS);
  const at = rows.find((/** @type {any} */ r) => r.i === shownDay) || rows[0];
  const there = stagesOf(page, shownDay).filter((/** @type {any} */ s) => s.now.median >= 1 && s.now.median < 0.98 * at.median);
  // Where people come to says more than where they pass.
  const places = (there.some((/** @type {any} */ s) => !s.passing) ? there.filter((/** @type {any} */ s) => !s.passing) : there).slice(0, MOST_PLACES);
  return html`<table class="near"><caption class="hidden">${t("near_days")}</caption><thead><tr><th scope="col">${t("end_of_day")}</th><th scope="col" class="n">${t("median")}</th>
      <th scope="col" class="n">${t("nine_in_ten")}</th><th scope="col" class="n">${t("plan_title")}</th></tr></thead>
    <tbody>${near.map((/** @type {any} */ r) => {
      const step = stepFor(r.high90 - r.low90);
      return html`<tr key=${r.i} class=${r.i === shownDay ? "picked" : ""}><th scope="row">${day(r.time)}</th><td class="n">${rounded(r.median, step)}</td><td class="n">${between(r.low90, r.high90, step)}</td>
        <td class="n"><strong>${roundedUp(r.at(0.9), step)}</strong></td></tr>`;
    })}</tbody></table>
    ${places.length > 0 && html`<p class="where">${rich("where_line", { day: day(at.time), list: places.map((/** @type {any} */ { name, now }, /** @type {number} */ i) => html`${i > 0 ? t("semicolon") : ""}<bdi>${name}</bdi> <strong>${rounded(now.median, stepFor(now.high90 - now.low90))}</strong> <span class="range">(${between(now.low90, now.high90, stepFor(now.high90 - now.low90))})</span>`) })}
      ${page.forecast.shares_assumed && ` ${t("where_assumed")}`}</p>`}`;
}
