// The state of the page in its address, so that what is seen can be handed on as a link: in the query,
// which a server reads too, or behind the # of a file.
import { exported } from "crossings/source";

/** Situation, forecast, day, risk, chosen figure, language, scenario.
 * @typedef {{s: string, f: string, day: number, risk: number, claim: string, lang: string, what: string}} Shown */

/** @type {Shown} */
const DEFAULTS = { s: "", f: "", day: -1, risk: 0.9, claim: "", lang: "", what: "" };

/** Whether the page stands in a frame of another one. */
export const embedded = location.pathname.endsWith("/embed");

/** @returns {Shown} */
export function readAddress() {
  const given = new URLSearchParams((exported ? location.hash : location.search).slice(1));
  const found = /** @type {any} */ ({ ...DEFAULTS });
  for (const [key, usual] of Object.entries(DEFAULTS)) {
    const value = given.get(key);
    if (value !== null) found[key] = typeof usual === "number" ? Number(value) : value;
  }
  return found;
}

/** @param {Shown} shown */
export function writeAddress(shown) {
  const kept = new URLSearchParams();
  for (const [key, value] of Object.entries(shown)) {
    if (value !== DEFAULTS[/** @type {keyof Shown} */ (key)]) kept.set(key, String(value));
  }
  history.replaceState(null, "", exported ? `#${kept}` : `${location.pathname}?${kept}`);
}

/** Go to a part of the page; the address stays that of what is shown.
 * @param {string} id @param {Event} [event] */
export function jump(id, event) {
  event?.preventDefault();
  const target = document.getElementById(id);
  if (!target) return;
  target.scrollIntoView({ block: "start" });
  if (!target.matches("a, button, input, select, [tabindex]")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
