// The chart beside the headline: it comes when the headline stands.
import { html, useCallback, useEffect, useState } from "crossings/lib";
import { Course } from "crossings/parts/chart";
import { rangesOf } from "crossings/ranges";
import { asLongAsWanted, source } from "crossings/source";

const MOST_PAST = 8;

/** The chart beside the headline, with the forecasts before this one where they are asked for. @param {any} props */
export function Ahead({ page, later, wanted, want, kept, shown, shownDay, update }) {
  const [past, setPast] = useState(false);
  const [old, setOld] = useState(/** @type {any[]} */ ([]));
  const top = page.forecast.headline;
  const choose = useCallback((/** @type {string} */ id) => update({ claim: id }), []);
  const before = kept.filter((/** @type {any} */ k) => k.id !== page.id && k.issued_at < page.forecast.issued_at);
  useEffect(() => {
    setOld([]);
    if (!past) return undefined;
    const pages = Promise.all(before.slice(-MOST_PAST).map((/** @type {any} */ k) => source.forecast(page.situation.id, k.id)));
    return asLongAsWanted(pages, (found) => setOld(found.map((/** @type {any} */ p) => ({ id: p.id, issued: p.forecast.issued_at, rows: rangesOf(p, top.target, top.place) }))), () => {});
  }, [past, page.id]);
  return html`<${Course} page=${page} later=${later} wanted=${wanted} want=${want} shownDay=${shownDay} chosen=${shown.claim} onChoose=${choose} past=${past ? old : null} setPast=${before.length ? setPast : null} />`;
}
