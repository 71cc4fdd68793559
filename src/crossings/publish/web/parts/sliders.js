// The two times that a reader moves: the day looked at, and the moment from which is looked.
import { html, useEffect, useState } from "crossings/lib";
import { day, moment, t } from "crossings/words";

const PLAY_MS = 900;

/** @param {any} props */
export function DaySlider({ page, shownDay, setDay }) {
  const ends = page.forecast.day_ends;
  const at = Math.max(0, ends.indexOf(shownDay));
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => (at + 1 < ends.length ? setDay(ends[at + 1]) : setPlaying(false)), PLAY_MS);
    return () => clearTimeout(timer);
  }, [playing, at]);
  const start = () => { if (!playing && at + 1 >= ends.length) setDay(ends[0]); setPlaying(!playing); };
  return html`<div class="slider"><button type="button" onClick=${start}>${t(playing ? "pause" : "play")}</button>
    <label>${t("day")} <input type="range" min="0" max=${ends.length - 1} value=${at} aria-valuetext=${day(page.forecast.times[ends[at]])}
      onInput=${(/** @type {any} */ e) => { setPlaying(false); setDay(ends[Number(e.target.value)]); }} /></label>
    <output>${day(page.forecast.times[ends[at]])}</output></div>`;
}

/** @param {any} props */
export function AsOfSlider({ kept, chosen, choose }) {
  const at = Math.max(0, kept.findIndex((/** @type {any} */ k) => k.id === chosen));
  if (kept.length < 2) return null;
  return html`<div class="slider as-of"><label title=${t("as_of_help")}>${t("as_of")} <input type="range" min="0" max=${kept.length - 1} value=${at}
      aria-valuetext=${moment(kept[at].issued_at)} onInput=${(/** @type {any} */ e) => choose(kept[Number(e.target.value)].id)} /></label>
    <output>${moment(kept[at].issued_at)}</output></div>`;
}
