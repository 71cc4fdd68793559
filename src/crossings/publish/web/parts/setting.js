// Events in whose words, the wider setting, how good the forecast was, how to read it.
import { html } from "crossings/lib";
import { marksOf, rangesOf } from "crossings/parts/chart";
import { Attribution } from "crossings/parts/claims";
import { t } from "crossings/words";

/** @param {any} props */
export function Events({ page }) {
  const rivals = page.events.filter((/** @type {any} */ e) => e.disputes);
  const own = page.events.filter((/** @type {any} */ e) => !e.disputes || !page.events.some((/** @type {any} */ o) => o.id === e.disputes));
  return html`<section id="events"><h2>${t("events")}</h2><ol class="events">${own.map((/** @type {any} */ event) => {
    const sides = [event, ...rivals.filter((/** @type {any} */ r) => r.disputes === event.id)];
    return html`<li key=${event.id} id="event-${event.id}"><span class="when">${event.time_words}</span><div>
      <p><strong>${event.kind.replaceAll("_", " ")}</strong>${event.place_name && `, ${event.place_name}`} ${sides.length > 1 && html`<span class="tag">${t("disputed")}</span>`}</p>
      <ul class="sides">${sides.map((side) => html`<li key=${side.id}>${side.wording && html`<p>“${side.wording}”</p>`}${side.quote && html`<p><q>${side.quote}</q></p>`}
        <p><${Attribution} row=${side} /></p>${side.note && html`<p class="soft">${side.note}</p>`}</li>`)}</ul></div></li>`;
  })}</ol></section>`;
}

/** @param {any} props */
export function Context({ page }) {
  if (!page.context.length) return null;
  const events = Object.fromEntries(page.events.map((/** @type {any} */ e) => [e.id, e]));
  return html`<section id="context"><h2>${t("context")}</h2><p class="soft">${t("context_note")}</p><ul class="context">${page.context.map((/** @type {any} */ c) => html`<li key=${c.id}>
    <p><strong>${c.subject}</strong> ${c.relation.replaceAll("_", " ")} ${c.object && html`<strong>${c.object}</strong>`}</p>
    <p>${c.what}${c.since && ` (${c.since})`}</p>${c.quote && html`<p><q>${c.quote}</q></p>`}<p class="soft"><${Attribution} row=${c} /></p>
    ${events[c.bears_on] && html`<p class="soft"><a href="#event-${c.bears_on}">${t("bears_on", { event: events[c.bears_on].kind.replaceAll("_", " ") })}</a></p>`}</li>`)}</ul></section>`;
}

/** Where later figures lie in the ranges, interpolated between forecast times. @param {any} page */
export function insideRanges(page) {
  const top = page.forecast.headline;
  const rows = rangesOf(page, top.target, top.place);
  const found = marksOf(page, top, true).flatMap((/** @type {any} */ claim) => {
    const when = +new Date(claim.as_of);
    const after = rows.findIndex((/** @type {any} */ r) => +r.when >= when);
    if (after < 0 || when <= +new Date(page.forecast.issued_at) || !["exact", "approx"].includes(claim.qualifier)) return [];
    const b = rows[after], a = rows[after - 1] || b;
    const share = b === a ? 1 : (when - +a.when) / (+b.when - +a.when);
    const at = (/** @type {string} */ key) => a[key] + (b[key] - a[key]) * share;
    const value = claim.low ?? claim.high;
    return [{ claim, in90: at("low90") <= value && value <= at("high90"), in50: at("low50") <= value && value <= at("high50") }];
  });
  return found;
}

/** @param {any} props */
export function HowGood({ page }) {
  const found = insideRanges(page);
  const inside = found.filter((/** @type {any} */ f) => f.in90).length;
  const half = found.filter((/** @type {any} */ f) => f.in50).length;
  return html`<section id="record"><h2>${t("how_good")}</h2>${found.length === 0 ? html`<p>${t("how_good_none")}</p>`
    : html`<p>${t("how_good_line", { inside, all: found.length, half })}</p><p class="soft">${t("how_good_caveat")}</p>`}</section>`;
}

/** @param {any} props */
export function Reading({ page }) {
  return html`<section id="reading"><h2>${t("reading")}</h2><dl>${page.words.reading.map((/** @type {string[]} */ [term, what]) => html`<dt key=${term}>${term}</dt><dd>${what}</dd>`)}</dl></section>
    <section id="method"><h2>${t("method")}</h2><p>${page.words.method}</p><p>${t("carried_by", { name: page.forecast.carried_by })}</p>
    <ul>${page.forecast.notes.map((/** @type {string} */ n) => html`<li key=${n}>${n}</li>`)}</ul><h3>${t("limits")}</h3><ul>${page.words.limits.map((/** @type {string} */ n) => html`<li key=${n}>${n}</li>`)}</ul></section>
    <section id="responsibility"><h2>${t("responsibility")}</h2><p>${page.words.responsibility}</p></section>`;
}
