// Ranges of a forecast as rows, and the places that count the same people as one.
import { t } from "crossings/words";

/** @param {any} page @param {string} place @param {string} target */
export function rangesOf(page, target, place) {
  const { times, levels, quantiles } = page.forecast;
  const at = Object.fromEntries(levels.map((/** @type {number} */ l, /** @type {number} */ i) => [l, i]));
  const table = quantiles[target]?.[place] || [];
  return times.flatMap((/** @type {string} */ time, /** @type {number} */ i) => {
    const row = table[i];
    if (!row) return [];
    return [{
      i, time, when: new Date(time), low90: row[at[0.05]], low50: row[at[0.25]], median: row[at[0.5]],
      high50: row[at[0.75]], high90: row[at[0.95]], at: (/** @type {number} */ level) => row[at[level]],
    }];
  });
}

/** @param {any} page @param {string} id */
export const placeName = (page, id) => (id === "all" ? t("all_places") : page.places.find((/** @type {any} */ p) => p.id === id)?.name || id);

/** The headline's target at the single places, those that count the same people as one: the most people first.
 * @param {any} page @param {number} shownDay */
export function stagesOf(page, shownDay) {
  const { target } = page.forecast.headline;
  const found = page.forecast.stages.map((/** @type {string[]} */ stage) => {
    const rows = rangesOf(page, target, stage[0]);
    const end = rows[rows.length - 1];
    const kinds = stage.map((p) => page.places.find((/** @type {any} */ one) => one.id === p)?.kind);
    return { stage, rows, end, passing: kinds.every((kind) => kind === "crossing"), now: rows.find((/** @type {any} */ r) => r.i === shownDay) || end, name: stage.map((p) => placeName(page, p)).join(", ") };
  });
  return found.filter((/** @type {any} */ s) => s.end && s.end.high90 >= 1).sort((/** @type {any} */ a, /** @type {any} */ b) => b.end.median - a.end.median);
}
