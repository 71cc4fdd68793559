// The page: what is chosen, what is loaded for it, and the parts that show it. The first view needs few
// modules and the upper part of a forecast; the rest comes after it.
import { html, render, useCallback, useEffect, useState } from "crossings/lib";
import { embedded, jump, readAddress, writeAddress } from "crossings/address";
import { Headline } from "crossings/parts/headline";
import { Order } from "crossings/parts/order";
import { AsOfSlider, DaySlider } from "crossings/parts/sliders";
import { asLongAsWanted, exported, FIRST, source } from "crossings/source";
import { byThen, LANGUAGES, number, speak, t } from "crossings/words";

/** @param {any} props */
function Forecast({ page, kept, shown, update, ahead, below }) {
  const ends = page.forecast.day_ends;
  const shownDay = ends.includes(shown.day) ? shown.day : ends[0];
  // What was reported later: whether it is wanted, which the box shows at once, and what has come of it.
  const [wanted, want] = useState(false);
  const [later, setLater] = useState(/** @type {any[] | null} */ (null));
  useEffect(() => {
    setLater(null);
    return wanted ? asLongAsWanted(source.later(page.situation.id, page.id), (found) => setLater(found.items), () => setLater([])) : undefined;
  }, [wanted, page.id]);
  const seen = { page, later, wanted, want, kept, shown, shownDay, update };
  // A forecast whose figures have not come yet has a headline and no more.
  const whole = page.events !== undefined;
  const hero = html`<div class="hero"><${Headline} page=${page} shownDay=${shownDay} />${ahead && whole ? html`<${ahead.Ahead} ...${seen} />` : html`<section id="course" class="awaited"><h2>${t("course")}</h2></section>`}</div>`;
  const imprint = html`<footer id="imprint">${page.words.sign_off && html`<p>${page.words.sign_off}.</p>`}<p>${t("imprint", { members: number(page.forecast.members), seed: page.forecast.seed })} ${" "}<bdi>${Object.entries(page.forecast.versions).map(([k, v]) => `${k} ${v}`).join(", ")}.</bdi></p>${page.situation.licence && html`<p dir="auto">${page.situation.licence}</p>`}${t("translation_note") && html`<p>${t("translation_note")}</p>`}</footer>`;
  if (embedded) {
    return html`<main>${hero}<p><a href=${`../${location.search}`} target="_blank" rel="noopener">${t("open_page")}</a></p></main>${imprint}`;
  }
  return html`<main>${hero}
    <div class="day-bar"><${DaySlider} page=${page} shownDay=${shownDay} setDay=${(/** @type {number} */ d) => update({ day: d })} /></div>
    ${below && whole && html`<${below.Below} ...${seen} />`}</main>${imprint}`;
}

const SECTIONS = [["course", "course"], ["map", "map"], ["plan", "plan_title"], ["places", "places"], ["what-if", "what_if"], ["reasons", "moved"], ["claims", "claims_short"], ["disagreements", "disagree"],
  ["events", "events_short"], ["context", "context"], ["record", "how_good_short"], ["downloads", "downloads"]];

/** The parts of the page, as far as this situation has them. @param {any} props */
function Contents({ page }) {
  const left = exported ? ["what-if"] : [];
  if (!page.forecast.moved) left.push("reasons");
  if (page.context && !page.context.length) left.push("context");
  return html`<nav class="contents" aria-label=${t("contents")}>${SECTIONS.filter(([id]) => !left.includes(id)).map(([id, key]) => html`<a key=${id} href=${`#${id}`} onClick=${(/** @type {Event} */ e) => jump(id, e)}>${t(key)}</a>`)}</nav>`;
}

/** What the address says; what a server chose for it where it leaves that open. */
function chosenAtFirst() {
  const asked = readAddress();
  const found = FIRST ? { ...asked, s: FIRST.s, f: FIRST.f } : asked;
  if (FIRST) writeAddress(found);
  return found;
}

function App() {
  const [shown, setShown] = useState(chosenAtFirst());
  const [situations, setSituations] = useState(/** @type {any[]} */ (FIRST?.situations.items || []));
  const [kept, setKept] = useState(/** @type {any[]} */ (FIRST?.kept || []));
  const [page, setPage] = useState(/** @type {any} */ (FIRST?.page || null));
  const [ahead, setAhead] = useState(/** @type {any} */ (null));
  const [below, setBelow] = useState(/** @type {any} */ (null));
  const [wrong, setWrong] = useState("");
  const [spoken, setSpoken] = useState(FIRST ? FIRST.lang : "");
  const update = useCallback((/** @type {object} */ change) => setShown((/** @type {any} */ now) => {
    const next = { ...now, ...change };
    writeAddress(next);
    return next;
  }), []);
  const failed = (/** @type {any} */ error) => setWrong(error.message || t("no_server"));

  useEffect(() => { if (!FIRST || shown.lang) listen(shown.lang).then(setSpoken); }, [shown.lang]);
  useEffect(() => {
    const read = () => setShown(readAddress());
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  useEffect(() => { chart.then(setAhead, failed); }, []);
  useEffect(() => {
    if (!ahead) return;
    fetchAtOnce(FIRST?.below || []);
    import("crossings/below").then(setBelow, failed);
  }, [ahead]);
  useEffect(() => { if (!FIRST) source.situations().then((found) => {
    setSituations(found.items);
    const most = [...found.items].sort((a, b) => b.forecasts - a.forecasts)[0];
    if (!found.items.some((/** @type {any} */ s) => s.id === shown.s)) update({ s: most.id, f: "" });
  }, failed); }, []);
  useEffect(() => {
    if (!shown.s || (FIRST && shown.s === FIRST.s && kept === FIRST.kept)) return;
    setKept([]);
    refresh("");
  }, [shown.s]);
  useEffect(() => {
    if (!shown.f || !shown.s) { setPage(null); return undefined; }
    if (page?.id === shown.f && page.events) return undefined;
    const early = FIRST && shown.s === FIRST.s && shown.f === FIRST.f ? whole : null;
    return asLongAsWanted(early || source.forecast(shown.s, shown.f), (found) => { setPage(found); setWrong(""); }, (error) => {
      failed(error);
      // What is chosen stays what is shown.
      if (page && page.situation.id === shown.s) update({ f: page.id });
    });
  }, [shown.s, shown.f]);
  useEffect(() => { if (page) document.title = `${page.situation.title}: ${byThen(page.forecast.headline.time)}`; }, [page, spoken]);

  /** @param {string} made */
  async function refresh(made) {
    try {
      const found = await source.forecasts(shown.s);
      setKept(found.items);
      const ids = found.items.map((/** @type {any} */ k) => k.id);
      if (made) update({ f: made });
      else if (!ids.includes(shown.f)) update({ f: ids[ids.length - 1] || "" });
    } catch (error) { failed(error); }
  }

  if (!spoken) return null;
  const alert = wrong && html`<p class="warning" role="alert">${wrong}</p>`;
  const content = page ? html`<${Forecast} page=${page} kept=${kept} shown=${shown} update=${update} ahead=${ahead} below=${below} />` : !shown.f && shown.s && html`<main><h1><bdi>${situations.find((s) => s.id === shown.s)?.title}</bdi></h1><p>${t("no_forecast")}</p>${!exported && html`<p class="soft">${t("no_forecast_help")}</p>`}</main>`;
  if (embedded) return html`${alert}${content}`;
  return html`<a class="skip" href="#top" onClick=${(/** @type {Event} */ e) => jump("top", e)}>${t("skip")}</a><nav class="bar" aria-label=${t("choose")}>
    ${exported ? "" : html`<label><span class="name">${t("situation")}</span> <select dir="auto" value=${shown.s} onChange=${(/** @type {any} */ e) => update({ s: e.target.value, f: "", claim: "", day: -1, what: "" })}>
      ${situations.map((s) => html`<option key=${s.id} value=${s.id}>${s.title}</option>`)}</select></label>`}
    <label class="language"><span class="name">${t("language")}</span> <select value=${spoken} onChange=${(/** @type {any} */ e) => update({ lang: e.target.value })}>
      ${Object.entries(LANGUAGES).map(([lang, name]) => html`<option key=${lang} value=${lang} lang=${lang}>${name}</option>`)}</select></label>
    <${AsOfSlider} kept=${kept} chosen=${shown.f} choose=${(/** @type {string} */ f) => update({ f })} />
    ${!exported && shown.s && html`<${Order} situation=${shown.s} onMade=${refresh} />`}</nav>
    ${page && html`<${Contents} page=${page} />`}${alert}${content}`;
}

/** Ask for modules before those that need them have come. @param {string[]} addresses */
function fetchAtOnce(addresses) {
  for (const href of addresses) document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
}

// Asked for before the first view is drawn: the forecast as a whole, and the chart that shows it.
const whole = FIRST?.f ? source.forecast(FIRST.s, FIRST.f) : null;
whole?.catch(() => {});
fetchAtOnce(FIRST?.ahead || []);
const chart = import("crossings/ahead");

/** Load the texts of a language that the page has: the one asked for, else the reader's. @param {string} asked */
async function listen(asked) {
  const wanted = [asked, FIRST?.lang, navigator.language.slice(0, 2)].find((lang) => lang && lang in LANGUAGES) || "en";
  if (wanted === FIRST?.lang) {
    speak(wanted, FIRST.messages, FIRST.messages);
    return wanted;
  }
  const english = await source.messages("en").catch(() => ({}));
  const own = wanted === "en" ? english : await source.messages(wanted).catch(() => null);
  const lang = own ? wanted : "en";
  speak(lang, own || english, english);
  return lang;
}

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.textContent = "";
if (embedded) document.body.classList.add("embedded");
if (FIRST) speak(FIRST.lang, FIRST.messages, FIRST.messages);
render(html`<${App} />`, root);
