// The figures, who says them, what became of them; and those that contradict each other.
import { html, useMemo, useState } from "crossings/lib";
import { t } from "crossings/words";

const COLUMNS = [["figure", "figure"], ["who", "speakers"], ["when", "as_of"], ["known", "known_at"], ["in_forecast", "weight"]];

/** @param {any} props */
export function Attribution({ row }) {
  return html`<span class="who">${row.speakers || t("the_report")}</span>${row.via && html`, ${t("via", { name: row.via })}`}${row.publisher
    && html`, ${row.url ? html`<a href=${row.url} rel="noopener noreferrer nofollow" target="_blank">${t("published_by", { name: row.publisher })}</a>` : t("published_by", { name: row.publisher })}`}`;
}

/** @param {any} props */
export function Claims({ page, chosen, onChoose }) {
  const [words, setWords] = useState("");
  const [measure, setMeasure] = useState("");
  const [usedOnly, setUsedOnly] = useState(true);
  const [grouped, setGrouped] = useState(false);
  const [sort, setSort] = useState({ key: "weight", down: true });
  const measures = useMemo(() => [...new Set(page.claims.map((/** @type {any} */ c) => c.measure))].sort(), [page]);
  const rows = useMemo(() => {
    const wanted = words.toLowerCase();
    const kept = page.claims.filter((/** @type {any} */ c) => (!usedOnly || c.used || c.id === chosen) && (!measure || c.measure === measure)
      && (!wanted || `${c.figure} ${c.quantity} ${c.speakers} ${c.via} ${c.publisher} ${c.place_name} ${c.quote}`.toLowerCase().includes(wanted)));
    const value = (/** @type {any} */ c) => (sort.key === "figure" ? c.low ?? c.high ?? 0 : c[sort.key] ?? "");
    kept.sort((/** @type {any} */ a, /** @type {any} */ b) => {
      const order = value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : String(b.as_of).localeCompare(String(a.as_of));
      return sort.down && value(a) !== value(b) ? -order : order;
    });
    return kept;
  }, [page, words, measure, usedOnly, sort, chosen]);
  const groups = grouped ? Object.entries(Object.groupBy
    ? Object.groupBy(rows, (/** @type {any} */ c) => c.speakers || t("the_report")) : { "": rows }) : [["", rows]];
  return html`<section id="claims"><h2>${t("claims")}</h2>
    <div class="filters"><label>${t("filter")} <input type="search" value=${words} onInput=${(/** @type {any} */ e) => setWords(e.target.value)} /></label>
      <label>${t("measure")} <select value=${measure} onChange=${(/** @type {any} */ e) => setMeasure(e.target.value)}><option value="">${t("all_measures")}</option>
        ${measures.map((m) => html`<option key=${m} value=${m}>${String(m).replaceAll("_", " ")}</option>`)}</select></label>
      <label><input type="checkbox" checked=${usedOnly} onChange=${() => setUsedOnly(!usedOnly)} />${t("used_only")}</label>
      <label><input type="checkbox" checked=${grouped} onChange=${() => setGrouped(!grouped)} />${t("group")}</label></div>
    <p class="soft" aria-live="polite">${t("claims_count", { shown: rows.length, all: page.claims.length })}</p>
    ${groups.map(([who, members]) => html`<div key=${who}>${who && html`<h3>${who}</h3>`}<table class="stack claims"><thead><tr>
      ${COLUMNS.map(([key, field]) => html`<th scope="col" key=${key} aria-sort=${sort.key === field ? (sort.down ? "descending" : "ascending") : "none"}>
        <button type="button" class="plain" onClick=${() => setSort({ key: field, down: sort.key === field ? !sort.down : true })}>${t(key)}${sort.key === field ? (sort.down ? " ↓" : " ↑") : ""}</button></th>`)}
      </tr></thead><tbody>${/** @type {any[]} */ (members).map((c) => html`<${Row} key=${c.id} c=${c} chosen=${chosen} onChoose=${onChoose} />`)}</tbody></table></div>`)}</section>`;
}

/** @param {any} props */
function Row({ c, chosen, onChoose }) {
  const where = [c.origin && `${c.origin} →`, c.place_name].filter(Boolean).join(" ");
  return html`<tr id="claim-${c.id}" class=${c.id === chosen ? "picked" : ""}>
    <td data-label=${t("figure")}><button type="button" class="plain figure-button" aria-pressed=${c.id === chosen} onClick=${() => onChoose(c.id === chosen ? "" : c.id)}>
      <strong>${c.figure}</strong> ${c.quantity}</button>${where && html`, ${where}`} <span class="soft">(${c.counting}; ${c.basis}${c.status !== "reported" ? `; ${c.status}` : ""})</span>
      ${c.quote && html`<br /><q>${c.quote}</q>`}${c.note && html`<p class="soft">${c.note}</p>`}</td>
    <td data-label=${t("who")}><${Attribution} row=${c} /></td>
    <td data-label=${t("when")} class="when">${c.as_of_words}</td>
    <td data-label=${t("known")} class="when"><span class="soft">${c.known_words}${c.known_at_assumed ? ` (${t("assumed")})` : ""}</span></td>
    <td data-label=${t("in_forecast")}>${c.used ? html`<span class="weight">${t("weight", { weight: c.weight.toFixed(2) })}</span> <span class="soft">${c.reason}</span>`
      : html`<span class="soft">${t("not_used", { reason: c.reason })}</span>`}</td></tr>`;
}

/** @param {any} props */
export function Disagreements({ page, onChoose }) {
  const byId = Object.fromEntries(page.claims.map((/** @type {any} */ c) => [c.id, c]));
  return html`<section id="disagreements"><h2>${t("disagree")}</h2>
    ${page.disagreements.length === 0 ? html`<p>${t("no_disagreement")}</p>` : html`<p>${t("disagree_note")}</p>`}
    ${page.disagreements.map((/** @type {string[]} */ ids) => {
      const first = byId[ids[0]];
      return html`<div key=${ids[0]}><h3>${first.measure.replaceAll("_", " ")} (${first.unit})${first.place_name && `, ${first.place_name}`}</h3>
        <ul class="sides">${ids.map((id) => html`<li key=${id}><button type="button" class="plain" onClick=${() => onChoose(id)}><strong>${byId[id].figure}</strong></button>
          <${Attribution} row=${byId[id]} /><span class="soft">${t("when")} ${byId[id].as_of_words}</span></li>`)}</ul></div>`;
    })}</section>`;
}
