// What was read and waits for a person: each figure in its sentence, decided by key or by button.
import { html, useEffect, useState } from "crossings/lib";
import { Attribution } from "crossings/parts/attribution";
import { problemWords } from "crossings/parts/order";
import { source, token } from "crossings/source";
import { figure, quantity, stampWords, t, term } from "crossings/words";

const NAME = "crossings-reviewer";
const KEYS = /** @type {Record<string, string>} */ ({ a: "accept", r: "reject" });

/** @param {any} props */
export function Review({ situation }) {
  const [rows, setRows] = useState(/** @type {any[]} */ ([]));
  const [shown, setShown] = useState(false);
  const [at, setAt] = useState(0);
  const [by, setBy] = useState(localStorage.getItem(NAME) || "");
  const [wrong, setWrong] = useState("");
  const [correcting, setCorrecting] = useState(false);
  const [report, setReport] = useState(/** @type {any} */ (null));
  const load = () => source.proposed(situation).then((found) => { setRows(found.items); setShown(found.ledger); setAt(0); }, () => setShown(false));
  useEffect(() => { load(); }, [situation]);
  if (!shown) return null;
  const now = Math.min(at, rows.length - 1);
  const row = rows[now];
  const move = (/** @type {number} */ by) => { setAt(Math.max(0, Math.min(now + by, rows.length - 1))); setCorrecting(false); };

  /** @param {string} act @param {object} [changes] */
  async function decide(act, changes) {
    if (!by.trim()) { setWrong(t("review_by_missing")); return; }
    localStorage.setItem(NAME, by);
    try {
      await source.review(row.id, { act, by, ...(changes ? { changes } : {}) });
      if (act === "correct") await source.review(row.id, { act: "accept", by });
      const rest = rows.filter((one) => one.id !== row.id);
      setRows(rest);
      if (!rest.length) load(); // the server sends so many at a time
      setCorrecting(false);
      setWrong("");
    } catch (/** @type {any} */ error) { setWrong(problemWords(error)); }
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (/** @type {any} */ (event.target).closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "c" && row?.kind === "claim") setCorrecting(true);
    else if (KEYS[event.key] && row) decide(KEYS[event.key]);
    else return;
    event.preventDefault();
  }

  return html`<section id="review"><h2>${t("review")}</h2><p class="soft">${t("review_help")}</p>
    <div class="filters"><label>${t("review_by")} <input value=${by} maxlength="200" onInput=${(/** @type {any} */ e) => setBy(e.target.value)} /></label>
      <label>${t("new_token")} <input type="password" autocomplete="off" value=${token.get()} onInput=${(/** @type {any} */ e) => token.set(e.target.value)} /></label></div>
    <p role="status">${wrong || (rows.length ? t("review_left", { at: now + 1, count: rows.length }) : t("review_none"))}</p>
    ${row && html`<div class="card review" tabindex="0" role="group" aria-label=${t("review")} onKeyDown=${key}>
      <p dir="auto">${row.before}<mark>${row.quote}</mark>${row.after}</p>
      <p>${row.kind === "claim" ? html`<strong>${figure(row.record)}</strong> ${quantity({ ...row.record, quantity: row.quantity })}${row.place_name && html`${t("comma")}<bdi>${row.record.place === "all" ? t("all_places") : row.place_name}</bdi>`} · ${stampWords(row.as_of, row.record.as_of_precision)}` : html`<strong>${row.record.kind ? term("kind", row.record.kind) : term("relation", row.record.relation)}</strong>`}
        <br /><${Attribution} row=${row} /></p>
      ${correcting && html`<${Correct} row=${row} save=${(/** @type {object} */ changes) => decide("correct", changes)} />`}
      <p class="buttons"><button type="button" onClick=${() => decide("accept")}>${t("accept")}</button>
        <button type="button" onClick=${() => decide("reject")}>${t("reject")}</button>
        ${row.kind === "claim" && html`<button type="button" onClick=${() => setCorrecting(!correcting)}>${t("correct")}</button>`}
        <span class="moves"><button type="button" disabled=${now === 0} onClick=${() => move(-1)}>${t("review_back")}</button>
        <button type="button" disabled=${now === rows.length - 1} onClick=${() => move(1)}>${t("review_next")}</button></span>
        ${row.document && html`<button type="button" class="plain link" onClick=${() => source.document(situation, row.document).then(setReport, (/** @type {any} */ e) => setWrong(e.message))}>${t("open_report")}</button>`}</p></div>`}
    ${report && html`<${Report} report=${report} close=${() => setReport(null)} />`}</section>`;
}

/** @param {any} props */
function Correct({ row, save }) {
  const { record } = row;
  /** @param {any} event */
  function submit(event) {
    event.preventDefault();
    const given = new FormData(event.target);
    const changes = /** @type {Record<string, any>} */ ({});
    for (const bound of ["low", "high"]) {
      const text = String(given.get(bound)).trim();
      const value = text === "" ? null : Number(text);
      if (value !== record[bound]) changes[bound] = value;
    }
    for (const field of ["measure", "place"]) {
      if (given.get(field) !== record[field]) changes[field] = String(given.get(field));
    }
    save(changes);
  }
  return html`<form class="filters" onSubmit=${submit}>
    <label>${t("at_least")} <input name="low" inputmode="numeric" value=${record.low ?? ""} /></label>
    <label>${t("at_most")} <input name="high" inputmode="numeric" value=${record.high ?? ""} /></label>
    <label>${t("measure")} <input name="measure" value=${record.measure} /></label>
    <label>${t("place")} <input name="place" value=${record.place} /></label><button>${t("save")}</button></form>`;
}

/** A report with its figures marked in the text. @param {any} props */
export function Report({ report, close }) {
  const parts = [];
  let end = 0;
  for (const mark of report.marks) {
    if (mark.start < end) continue;
    parts.push(report.text.slice(end, mark.start), html`<mark key=${mark.entry}>${report.text.slice(mark.start, mark.end)}</mark>`);
    end = mark.end;
  }
  parts.push(report.text.slice(end));
  return html`<div class="card report"><h3>${t("report")}</h3><p class="soft"><bdi>${report.publisher}</bdi> ${report.published || ""}</p><p class="text" dir="auto">${parts}</p>
    <button type="button" onClick=${close}>${t("close")}</button></div>`;
}
