// Words and numbers as people read them. The texts stand in messages/<language>.json; a text that a
// language lacks is taken from English.

/** @type {Record<string, string>} */
let texts = {};
/** @type {string} */
export let language = "en";

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

/** @param {string} lang @param {Record<string, string>} own @param {Record<string, string>} english */
export function speak(lang, own, english) {
  language = lang;
  texts = { ...english, ...own };
  document.documentElement.lang = lang;
  document.documentElement.dir = RIGHT_TO_LEFT.has(lang) ? "rtl" : "ltr";
}

/** The text of a key, with {names} filled in. @param {string} key @param {Record<string, unknown>} [values] */
export function t(key, values = {}) {
  const text = texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A figure as stated. @param {number} value */
export const number = (value) => new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(value + 0).replace("-", "−");

/** The step to which figures of a range of this width are rounded: at most a twentieth of it.
 * @param {number} spread */
export const stepFor = (spread) => 10 ** Math.floor(Math.log10(Math.max(spread / 20, 1)));

/** @param {number} value @param {number} step */
const ownStep = (value, step) => (value < 10 * step ? Math.max(step / 10, 1) : step);

/** @param {number} value @param {number} step */
export function rounded(value, step) {
  const own = ownStep(value, step);
  return number(Math.round(value / own) * own);
}

/** A figure to plan for is rounded up. @param {number} value @param {number} step */
export function roundedUp(value, step) {
  const own = ownStep(value, step);
  return number(Math.ceil(value / own - 1e-9) * own);
}

/** "18,000–127,000" @param {number} low @param {number} high @param {number} step */
export function between(low, high, step) {
  const ends = [rounded(low, step), rounded(high, step)];
  return ends[0] === ends[1] ? ends[0] : ends.join(low < 0 ? t("to") : "–");
}

/** Whether a stamp is the last second of its day, which is how a bare date is kept. @param {string} stamp */
export const isDayEnd = (stamp) => stamp.slice(11, 19) === "23:59:59";

// Times are shown in the situation's zone, whatever the reader's: they are taken from the stamp itself.
/** @param {string} stamp */
function parts(stamp) {
  const [y, m, d] = stamp.slice(0, 10).split("-").map(Number);
  return new Date(Date.UTC(y, m - 1, d));
}

/** "Tue 3 Oct" @param {string} stamp @param {boolean} [weekday] */
export function day(stamp, weekday = true) {
  const options = { day: "numeric", month: "short", timeZone: "UTC", ...(weekday ? { weekday: "short" } : {}) };
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, /** @type {any} */ (options));
  // The static page and the files say "Sep".
  return format.format(parts(stamp)).replace("Sept", "Sep").replace(",", "");
}

/** "25 Sep, 17:00", or the day alone at its end. @param {string} stamp */
export function moment(stamp) {
  return isDayEnd(stamp) ? t("end_of", { day: day(stamp, false) }) : `${day(stamp, false)}, ${stamp.slice(11, 16)}`;
}
