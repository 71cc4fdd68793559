// The figures, who says them, what became of them; and those that contradict each other.
import { d3 } from "crossings/d3";
import { html, useEffect, useMemo, useState } from "crossings/lib";
import { Attribution } from "crossings/parts/attribution";
import { Report } from "crossings/parts/review";
import { Told } from "crossings/parts/told";
import { source } from "crossings/source";
import { figure, quantity, stampWords, t, term, weight } from "crossings/words";

/** Rows that are shown before somebody asks for all. */
const FIRST_ROWS = 15;
const FIRST_GROUPS = 6;

const COLUMNS = [["figure", "figure"], ["who", "speakers"], ["when", "as_of"], ["known", "known_at"], ["in_forecast", "weight"]];

/** The button that shows all rows where only the first ones stand. @param {any} props */
export function More({ rows, first, all, show }) {
  return !all && rows.length > first ? html`<p class="more"><button type="button" onClick=${show}>${t("show_all", { count: rows.length })}</button></p>` : null;
}

/** @param {any} props */
export function Claims({ page, chosen, onChoose }) {
  const [words, setWords] = useState("");
  const [measure, setMeasure] = useState("");
  const [usedOnly, setUsedOnly] = useState(true);
  const [grouped, setGrouped] = useState(false);
  const [sort, setSort] = useState({ key: "weight", down: true });
  const [all, setAll] = useState(false);
  useEffect(() => { if (chosen && rows.findIndex((/** @type {any} */ c) => c.id === chosen) >= FIRST_ROWS) setAll(true); }, [chosen, page]);
  const measures = useMemo(() => [...new Set(page.claims.map((/** @type {any} */ c) => c.measure))].sort(), [page]);
  const rows = useMemo(() => {
    const wanted = words.toLowerCase();
    const kept = page.claims.filter((/** @type {any} */ c) => (!usedOnly || c.used || c.id === chosen) && (!measure || c.measure === measure)
      && (!wanted || `${figure(c)} ${c.quantity} ${c.speakers} ${c.via} ${c.publisher} ${c.place_name} ${c.quote}`.toLowerCase().includes(wanted)));
    const value = (/** @type {any} */ c) => (sort.key === "figure" ? c.low ?? c.high ?? 0 : c[sort.key] ?? "");
    kept.sort((/** @type {any} */ a, /** @type {any} */ b) => {
      const order = value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : String(b.as_of).localeCompare(String(a.as_of));
      return sort.down && value(a) !== value(b) ? -order : order;
    });
    return kept;
  }, [page, words, measure, usedOnly, sort, chosen]);
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);
  const groups = grouped ? [...d3.group(shown, (/** @type {any} */ c) => c.speakers || t("the_report"))] : [["", shown]];
  return html`<section id="claims"><h2>${t("claims")}</h2>
    <div class="filters"><label>${t("filter")} <input type="search" value=${words} onInput=${(/** @type {any} */ e) => setWords(e.target.value)} /></label>
      <label>${t("measure")} <select value=${measure} onChange=${(/** @type {any} */ e) => setMeasure(e.target.value)}><option value="">${t("all_measures")}</option>
        ${measures.map((m) => html`<option key=${m} value=${m}>${term("measure", String(m))}</option>`)}</select></label>
      <label><input type="checkbox" checked=${usedOnly} onChange=${() => setUsedOnly(!usedOnly)} />${t("used_only")}</label>
      <label><input type="checkbox" checked=${grouped} onChange=${() => setGrouped(!grouped)} />${t("group")}</label></div>
    <p class="soft" aria-live="polite">${t("claims_count", { shown: rows.length, all: page.claims.length })}</p>
    ${groups.map(([who, members]) => html`<div key=${who}>${who && html`<h3>${who}</h3>`}<table class="stack claims"><thead><tr>
      ${COLUMNS.map(([key, field]) => html`<th scope="col" key=${key} aria-sort=${sort.key === field ? (sort.down ? "descending" : "ascending") : "none"}>
        <button type="button" class="plain" onClick=${() => setSort({ key: field, down: sort.key === field ? !sort.down : true })}>${t(key)}${sort.key === field ? (sort.down ? " ↓" : " ↑") : ""}</button></th>`)}
      </tr></thead><tbody>${/** @type {any[]} */ (members).map((c) => html`<${Row} key=${c.id} c=${c} situation=${page.situation.id} chosen=${chosen} onChoose=${onChoose} />`)}</tbody></table></div>`)}
    <${More} rows=${rows} first=${FIRST_ROWS} all=${all} show=${() => setAll(true)} /></section>`;
}

/** @param {any} props */
function Row({ c, situation, chosen, onChoose }) {
  const [report, setReport] = useState(/** @type {any} */ (null));
  const [wrong, setWrong] = useState("");
  const where = [c.origin && `${c.origin} →`, c.place === "all" ? t("all_places") : c.place_name].filter(Boolean).join(" ");
  const kinds = [term("counting", c.counting), term("basis", c.basis), c.status === "reported" ? "" : term("status", c.status)].filter(Boolean);
  const open = () => source.document(situation, c.document).then(setReport, (/** @type {any} */ e) => setWrong(e.message));
  return html`<tr id="claim-${c.id}" class=${c.id === chosen ? "picked" : ""}>
    <td data-label=${t("figure")}><button type="button" class="plain figure-button" aria-pressed=${c.id === chosen} onClick=${() => onChoose(c.id === chosen ? "" : c.id)}>
      <strong>${figure(c)}</strong> ${quantity(c)}</button>${where && html`${t("comma")}<bdi>${where}</bdi>`} <span class="soft">(${kinds.join(t("semicolon"))})</span>
      ${c.quote && html`<br /><q dir="auto">${c.quote}</q>`}${c.note && html`<p class="soft" dir="auto">${c.note}</p>`}
      ${c.document && html`<p><button type="button" class="plain link" onClick=${open}>${t("open_report")}</button> ${wrong}</p>`}
      ${report && html`<${Report} report=${report} close=${() => setReport(null)} />`}</td>
    <td data-label=${t("who")}><${Attribution} row=${c} /></td>
    <td data-label=${t("when")} class="when">${stampWords(c.as_of, c.precision)}</td>
    <td data-label=${t("known")} class="when"><span class="soft">${stampWords(c.known_at)}${c.known_at_assumed ? ` (${t("assumed")})` : ""}</span></td>
    <td data-label=${t("in_forecast")}>${c.used ? html`<span class="weight">${t("weight", { weight: weight(c.weight) })}</span> <span class="soft"><${Told} what=${c.reason} /></span>`
      : html`<span class="soft">${t("not_used")} <${Told} what=${c.reason} /></span>`}</td></tr>`;
}

/** @param {any} props */
export function Disagreements({ page, onChoose }) {
  const [all, setAll] = useState(false);
  const byId = Object.fromEntries(page.claims.map((/** @type {any} */ c) => [c.id, c]));
  const groups = all ? page.disagreements : page.disagreements.slice(0, FIRST_GROUPS);
  return html`<section id="disagreements"><h2>${t("disagree")}</h2>
    <p>${t(page.disagreements.length === 0 ? "no_disagreement" : "disagree_note")}</p>
    <div class="disagreements">${groups.map((/** @type {string[]} */ ids) => {
      const first = byId[ids[0]];
      return html`<div key=${ids[0]} class=${ids.length > 2 ? "many" : ""}><h3>${term("measure", first.measure)} (${term("unit", first.unit)})${first.place_name && html`, <bdi>${first.place === "all" ? t("all_places") : first.place_name}</bdi>`}</h3>
        <ul class="sides">${ids.map((id) => html`<li key=${id}><button type="button" class="plain" onClick=${() => onChoose(id)}><strong>${figure(byId[id])}</strong></button>
          <${Attribution} row=${byId[id]} /><span class="soft">${t("when")} ${stampWords(byId[id].as_of, byId[id].precision)}</span></li>`)}</ul></div>`;
    })}</div><${More} rows=${page.disagreements} first=${FIRST_GROUPS} all=${all} show=${() => setAll(true)} /></section>`;
}
