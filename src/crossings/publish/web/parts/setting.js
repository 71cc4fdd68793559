// Events in whose words, the wider setting, how to read the page.
import { jump } from "crossings/address";
import { d3 } from "crossings/d3";
import { html, useState } from "crossings/lib";
import { Attribution } from "crossings/parts/attribution";
import { More } from "crossings/parts/claims";
import { Told } from "crossings/parts/told";
import { eventTime, eventTitle, t, term } from "crossings/words";

/** Events that are shown before somebody asks for all: the last ones. */
const LAST_EVENTS = 10;

/** @param {any} props */
export function Events({ page }) {
  const [all, setAll] = useState(false);
  const ids = new Set(page.events.map((/** @type {any} */ e) => e.id));
  const rivals = d3.group(page.events.filter((/** @type {any} */ e) => ids.has(e.disputes)), (/** @type {any} */ e) => e.disputes);
  const own = page.events.filter((/** @type {any} */ e) => !ids.has(e.disputes)).reverse();
  const shown = all ? own : own.slice(0, LAST_EVENTS);
  return html`<section id="events"><h2>${t("events")}</h2>${page.events.length === 0 && html`<p>${t("no_events")}</p>`}<ul class="events">${shown.map((/** @type {any} */ event) => html`<${OneEvent} key=${event.id}
      event=${event} rivals=${rivals.get(event.id) || []} context=${page.context.filter((/** @type {any} */ c) => c.bears_on === event.id)} />`)}</ul>
    <${More} rows=${own} first=${LAST_EVENTS} all=${all} show=${() => setAll(true)} /></section>`;
}

/** One event: each side's words beside the other's, and the statements that bear on it. @param {any} props */
function OneEvent({ event, rivals, context }) {
  const sides = [event, ...rivals];
  return html`<li id="event-${event.id}"><span class="when">${eventTime(event)}</span><div>
    <p><strong dir="auto">${eventTitle(event)}</strong>${event.place_name && html`, <bdi>${event.place_name}</bdi>`} ${rivals.length > 0 && html`<span class="tag">${t("disputed")}</span>`}</p>
    <ul class="sides">${sides.map((side) => html`<li key=${side.id}>${side.wording && html`<p dir="auto">“${side.wording}”</p>`}${side.quote && html`<p dir="auto"><q>${side.quote}</q></p>`}
      <p><${Attribution} row=${side} /></p>${side.note && !side.note.startsWith(eventTitle(event)) && html`<p class="soft" dir="auto">${side.note}</p>`}</li>`)}</ul>
    ${context.length > 0 && html`<p class="soft">${t("bearing_on_this")} ${context.map((/** @type {any} */ c, /** @type {number} */ i) => html`${i > 0 ? t("semicolon") : ""}<a href="#context" onClick=${(/** @type {Event} */ e) => jump(`context-${c.id}`, e)}><bdi>${c.what}</bdi></a>`)}</p>`}</div></li>`;
}

/** @param {any} props */
export function Context({ page }) {
  if (!page.context.length) return null;
  const events = Object.fromEntries(page.events.map((/** @type {any} */ e) => [e.id, e]));
  return html`<section id="context"><h2>${t("context")}</h2><p class="soft">${t("context_note")}</p><ul class="context">${page.context.map((/** @type {any} */ c) => html`<li key=${c.id} id="context-${c.id}">
    <p>${c.relation !== "other" && html`<span class="tag">${term("relation", c.relation)}</span> ${" "}`}<bdi><strong>${c.subject}</strong>${c.object && html` → <strong>${c.object}</strong>`}</bdi></p>
    <p dir="auto">${c.what}${c.since && ` (${c.since})`}</p>${c.quote && html`<p dir="auto"><q>${c.quote}</q></p>`}<p class="soft"><${Attribution} row=${c} /></p>
    ${events[c.bears_on] && html`<p class="soft"><a href="#events" onClick=${(/** @type {Event} */ e) => jump(`event-${c.bears_on}`, e)}>${t("bears_on", { event: `${eventTitle(events[c.bears_on])}, ${eventTime(events[c.bears_on])}` })}</a></p>`}</li>`)}</ul></section>`;
}

/** @param {any} props */
export function Reading({ page }) {
  const list = (/** @type {any[]} */ rows) => html`<ul>${rows.map((row) => html`<li key=${row.text}><${Told} what=${row} /></li>`)}</ul>`;
  return html`<section id="reading"><h2>${t("reading")}</h2><dl>${page.words.reading.map((/** @type {any[]} */ [name, what]) => html`<dt key=${name.text}><${Told} what=${name} /></dt><dd><${Told} what=${what} /></dd>`)}</dl></section>
    <section id="method"><h2>${t("method")}</h2><p><${Told} what=${page.words.method} /></p><p>${t("carried_by", { name: term("component", page.forecast.carried_by) })}</p>
    ${list(page.forecast.notes)}<h3>${t("limits")}</h3>${list(page.words.limits)}</section>
    <section id="responsibility"><h2>${t("responsibility")}</h2><p><${Told} what=${page.words.responsibility} /></p></section>`;
}
