// What moved the forecast since the one before: the median without and with each new figure or event.
import { jump } from "crossings/address";
import { html } from "crossings/lib";
import { eventTime, eventTitle, figure, moment, quantity, rich, rounded, stampWords, stepFor, t } from "crossings/words";

/** Rows of one bulletin that are named. */
const NAMED = 3;

/** @param {any} props */
export function Moved({ page, onChoose }) {
  const found = page.forecast.moved;
  if (!found) return null;
  const top = page.forecast.headline;
  const people = (/** @type {number} */ value) => rounded(value, stepFor(top.high90 - top.low90));
  return html`<section id="reasons"><h2>${t("moved")}</h2><p class="soft">${t("moved_since", { when: moment(found.since, true) })}</p>
    ${found.before !== null && html`<p>${t("moved_before", { before: people(found.before), now: people(found.median) })}</p>`}
    ${found.found.length === 0 && html`<p>${t("moved_nothing")}</p>`}
    <ul>${found.found.map((/** @type {any} */ one) => html`<li key=${one.rows.join()}>${rich(change(one), { what: html`<${Rows} one=${one} page=${page} onChoose=${onChoose} />`,
      change: people(Math.abs(one.median - one.without)), without: people(one.without), now: people(one.median) })}</li>`)}</ul>
    ${found.untried > 0 && html`<p class="soft">${t("moved_untried", { count: found.untried })}</p>`}</section>`;
}

/** @param {any} one */
const change = (one) => (!one.visible ? "moved_unseen" : one.median > one.without ? "moved_raises" : "moved_lowers");

/** The figures of a bulletin, or the event, each with a way to where it stands on the page. @param {any} props */
function Rows({ one, page, onChoose }) {
  const rows = one.rows.slice(0, NAMED).map((/** @type {string} */ id) => (one.kind === "event"
    ? html`<${OneEvent} event=${page.events.find((/** @type {any} */ e) => e.id === id)} />`
    : html`<${OneClaim} claim=${page.claims.find((/** @type {any} */ c) => c.id === id)} onChoose=${onChoose} />`));
  const left = one.rows.length - rows.length;
  return html`${rows.map((/** @type {any} */ row, /** @type {number} */ i) => html`${i > 0 ? t("semicolon") : ""}${row}`)}${left > 0 && html`${t("semicolon")}${t("moved_more", { count: left })}`}`;
}

/** @param {any} props */
function OneClaim({ claim, onChoose }) {
  if (!claim) return t("no_number");
  const choose = (/** @type {Event} */ e) => { onChoose(claim.id); jump("claims", e); };
  return html`<a href="#claims" onClick=${choose}><strong>${figure(claim)}</strong> ${quantity(claim)}</a> (<bdi>${claim.speakers || t("the_report")}</bdi>${t("comma")}${stampWords(claim.as_of, claim.precision)})`;
}

/** @param {any} props */
function OneEvent({ event }) {
  if (!event) return t("not_stated");
  return html`<a href="#events" onClick=${(/** @type {Event} */ e) => jump(`event-${event.id}`, e)}><bdi>${eventTitle(event)}</bdi></a> (${event.place_name && html`<bdi>${event.place_name}</bdi>${t("comma")}`}${eventTime(event)})`;
}
