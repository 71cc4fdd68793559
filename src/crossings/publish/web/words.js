// Words and numbers as people read them. The texts stand in messages/<language>.json; a text that a
// language lacks is taken from English.

/** The languages of the page, each by its own name. */
export const LANGUAGES = /** @type {Record<string, string>} */ ({ en: "English", fr: "Français", ar: "العربية", uk: "Українська" });

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

/** For dates and numbers; Arabic with the digits that charts and files use. */
const LOCALES = /** @type {Record<string, string>} */ ({ en: "en-GB", ar: "ar-u-nu-latn" });

/** @type {Record<string, string>} */
let texts = {};
/** @type {string} */
export let language = "en";
const locale = () => LOCALES[language] || language;

/** @param {string} lang @param {Record<string, string>} own @param {Record<string, string>} english */
export function speak(lang, own, english) {
  language = lang;
  texts = { ...english, ...own };
  document.documentElement.lang = lang;
  document.documentElement.dir = RIGHT_TO_LEFT.has(lang) ? "rtl" : "ltr";
}

/** Attributes of a text that is there in English only. */
export const inEnglish = () => (language === "en" ? {} : { lang: "en", dir: "ltr" });

/** The text of a key, with {names} filled in. @param {string} key @param {Record<string, unknown>} [values] */
export const t = (key, values = {}) => rich(key, values).join("");

/** The same in parts, so that a value may be an element. @param {string} key @param {Record<string, any>} values @returns {any[]} */
export function rich(key, values) {
  return (texts[key] ?? key).split(/\{(\w+)\}/).map((part, i) => (i % 2 === 0 ? part : part in values ? values[part] : `{${part}}`));
}

/** The word for an identifier of a group ("measure", "kind"); where the language has none, the identifier read as words.
 * @param {string} group @param {string} id @param {string} [otherwise] */
export const term = (group, id, otherwise) => texts[`${group}.${id}`] ?? otherwise ?? id.replaceAll("_", " ");

/** A sentence of the server by its key, with what it says in its places: numbers, names, other sentences.
 * @typedef {{key: string, values: Record<string, any>}} Said */

/** Values that are identifiers of a group of words. */
const GROUPS = new Set(["counting", "measure", "target", "unit"]);

/** Sentences of the server in the reader's language; null where that is English or lacks one.
 * @param {Said[]} said @returns {string | null} */
export function inOwnWords(said) {
  if (language === "en" || !said.length) return null;
  const found = said.map(worded);
  return found.includes(null) ? null : found.join(" ");
}

/** @param {Said} said @returns {string | null} */
function worded({ key, values }) {
  const own = Object.entries(values).map(([name, value]) => [name, valueWords(name, value)]);
  return !(key in texts) || own.some(([, value]) => value === null) ? null : t(key, Object.fromEntries(own));
}

/** A value within a sentence; names keep the direction of their own script. @param {string} name @param {any} value @returns {string | null} */
function valueWords(name, value) {
  if (typeof value === "number") return number(value);
  if (Array.isArray(value)) {
    const parts = value.map(worded);
    return parts.includes(null) ? null : parts.join(t("comma"));
  }
  if (typeof value === "object") return worded(value);
  if (name === "date") return stampWords(value, "day");
  return `\u2068${GROUPS.has(name) ? term(name, value) : value}\u2069`;
}

/** A weight, always with two decimals. @param {number} value */
export const weight = (value) => new Intl.NumberFormat(locale(), { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);

/** A figure as stated. @param {number} value */
export const number = (value) => new Intl.NumberFormat(language === "en" ? "en" : locale(), { maximumFractionDigits: 2 }).format(value + 0).replace("-", "−");

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

/** A claim's figure with its qualifier: "at least 2,900". @param {any} claim */
export function figure({ low, high, qualifier }) {
  if (low === null && high === null) return t("no_number");
  if (low === null) return t("figure_at_most", { figure: number(high) });
  if (high === null) return t("figure_at_least", { figure: number(low) });
  const value = low === high ? number(low) : `${number(low)}–${number(high)}`;
  return ["approx", "at_least", "at_most", "vague"].includes(qualifier) ? t(`figure_${qualifier}`, { figure: value }) : value;
}

/** What a claim counts: "people arrived". @param {any} claim */
export function quantity(claim) {
  if (language === "en") return claim.quantity;
  const what = claim.ahead ? t("expected") : term("measure", claim.measure);
  return claim.measure === claim.unit ? term("unit", claim.unit) : `${term("unit", claim.unit)}${t("comma")}${what}`;
}

/** How old a figure is: "40 min", "7 h", "3 days". @param {number} hours */
export function age(hours) {
  const [unit, value] = hours < 1 ? ["minute", hours * 60] : hours < 48 ? ["hour", hours] : ["day", hours / 24];
  const options = /** @type {any} */ ({ style: "unit", unit, unitDisplay: unit === "day" ? "long" : "short" });
  return new Intl.NumberFormat(locale(), options).format(Math.round(value)).replace("hrs", "h").replace("hr", "h").replace("mins", "min");
}

/** Whether a stamp is the last second of its day, which is how a bare date is kept. @param {string} stamp */
export const isDayEnd = (stamp) => stamp.slice(11, 19) === "23:59:59";

// Times are shown in the situation's zone, whatever the reader's: they are taken from the stamp itself.
/** @param {string} stamp @param {object} options */
function dated(stamp, options) {
  const [y, m, d] = stamp.slice(0, 10).split("-").map(Number);
  const format = new Intl.DateTimeFormat(locale(), /** @type {any} */ ({ timeZone: "UTC", day: "numeric", ...options }));
  // The static page and the files say "Sep".
  return format.format(new Date(Date.UTC(y, m - 1, d))).replace("Sept ", "Sep ").replace(/Sept$/, "Sep").replace(/,/g, "");
}

/** "Tue 3 Oct" @param {string} stamp @param {boolean} [weekday] */
export const day = (stamp, weekday = true) => dated(stamp, { month: "short", ...(weekday ? { weekday: "short" } : {}) });

/** "25 Sep, 17:00", or the day alone at its end. @param {string} stamp @param {boolean} [year] */
export function moment(stamp, year = false) {
  const date = dated(stamp, { month: "short", ...(year ? { year: "numeric" } : {}) });
  return isDayEnd(stamp) ? t("end_of", { day: date }) : `${date}${t("comma")}${stamp.slice(11, 16)}`;
}

/** "25 Sep 2023, 17:00"; the day alone where no more is known. @param {string | null} stamp @param {string} [precision] */
export function stampWords(stamp, precision = "") {
  if (!stamp) return t("not_stated");
  const date = dated(stamp, { month: "short", year: "numeric" });
  return isDayEnd(stamp) || ["date", "day"].includes(precision) ? date : `${date}${t("comma")}${stamp.slice(11, 16)}`;
}

/** When an event was: the day alone where no hour is known, which is kept as the day's beginning. @param {any} event */
export const eventTime = (event) => stampWords(event.time, event.time.slice(11, 19) === "00:00:00" ? "day" : "");

const TITLE = 110;

/** What an event was; of those that are of no common kind what is said of it. @param {any} event */
export function eventTitle(event) {
  const told = event.kind === "other" ? event.note || event.wording || event.quote : "";
  if (!told) return term("kind", event.kind);
  return told.length > TITLE ? `${told.slice(0, TITLE - 1).trimEnd()}…` : told.replace(/\.$/, "");
}

/** "By the end of 3 October" @param {string} stamp */
export function byThen(stamp) {
  const date = dated(stamp, { month: "long" });
  return isDayEnd(stamp) ? t("by_end_of", { day: date }) : t("by_time", { day: date, time: stamp.slice(11, 16) });
}
