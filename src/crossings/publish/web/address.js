// The state of the page in its address, so that what is seen can be handed on as a link.

/** @typedef {{s: string, f: string, day: number, risk: number, claim: string, lang: string}} Shown */

const DEFAULTS = { s: "", f: "", day: -1, risk: 0.9, claim: "", lang: "" };

/** @returns {Shown} */
export function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  return {
    s: given.get("s") || "",
    f: given.get("f") || "",
    day: Number(given.get("day") ?? -1),
    risk: Number(given.get("risk") ?? 0.9),
    claim: given.get("claim") || "",
    lang: given.get("lang") || "",
  };
}

/** @param {Shown} shown */
export function writeAddress(shown) {
  const kept = new URLSearchParams();
  for (const [key, value] of Object.entries(shown)) {
    if (value !== DEFAULTS[/** @type {keyof Shown} */ (key)]) kept.set(key, String(value));
  }
  history.replaceState(null, "", `${location.pathname}${location.search}#${kept}`);
}
