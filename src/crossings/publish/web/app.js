// The page: what is chosen, what is loaded for it, and the parts that show it.
import { html, render, useCallback, useEffect, useState } from "crossings/lib";
import { embedded, jump, readAddress, writeAddress } from "crossings/address";
import { Claims, Disagreements } from "crossings/parts/claims";
import { Course, rangesOf } from "crossings/parts/chart";
import { Headline } from "crossings/parts/headline";
import { FlowMap } from "crossings/parts/map";
import { Downloads, Order } from "crossings/parts/order";
import { PlanFor, SmallMultiples } from "crossings/parts/planning";
import { HowGood } from "crossings/parts/record";
import { Review } from "crossings/parts/review";
import { WhatIf } from "crossings/parts/scenario";
import { Context, Events, Reading } from "crossings/parts/setting";
import { AsOfSlider, DaySlider } from "crossings/parts/sliders";
import { exported, source } from "crossings/source";
import { byThen, LANGUAGES, number, speak, t } from "crossings/words";

const MOST_PAST = 8;

/** @param {any} props */
function Forecast({ page, kept, borders, shown, update }) {
  const [past, setPast] = useState(false);
  const [old, setOld] = useState(/** @type {any[]} */ ([]));
  const top = page.forecast.headline;
  const ends = page.forecast.day_ends;
  const shownDay = ends.includes(shown.day) ? shown.day : ends[0];
  const choose = useCallback((/** @type {string} */ id) => update({ claim: id }), []);
  const before = kept.filter((/** @type {any} */ k) => k.id !== page.id && k.issued_at < page.forecast.issued_at);
  useEffect(() => {
    if (!past) { setOld([]); return; }
    Promise.all(before.slice(-MOST_PAST).map((/** @type {any} */ k) => source.forecast(page.situation.id, k.id)))
      .then((pages) => setOld(pages.map((p) => ({ id: p.id, issued: p.forecast.issued_at, rows: rangesOf(p, top.target, top.place) })))).catch(() => setOld([]));
  }, [past, page.id]);
  const seen = { page, shownDay, chosen: shown.claim, onChoose: choose };
  const course = html`<${Course} ...${seen} past=${past ? old : null} setPast=${before.length ? setPast : null} />`;
  const hero = html`<div class="hero"><${Headline} page=${page} shownDay=${shownDay} />${course}</div>`;
  const imprint = html`<footer id="imprint">${page.words.sign_off && html`<p>${page.words.sign_off}.</p>`}<p>${t("imprint", { members: number(page.forecast.members), seed: page.forecast.seed })} ${" "}<bdi>${Object.entries(page.forecast.versions).map(([k, v]) => `${k} ${v}`).join(", ")}.</bdi> <bdi>${page.situation.licence}</bdi></p>${t("translation_note") && html`<p>${t("translation_note")}</p>`}</footer>`;
  if (embedded) {
    return html`<main>${hero}<p><a href=${`../${location.hash}`} target="_blank" rel="noopener">${t("open_page")}</a></p></main>${imprint}`;
  }
  return html`<main>${hero}
    <div class="day-bar"><${DaySlider} page=${page} shownDay=${shownDay} setDay=${(/** @type {number} */ d) => update({ day: d })} /></div>
    <div class="side-by-side"><section id="map"><h2>${t("map")}</h2><div class="wide"><${FlowMap} ...${seen} borders=${borders} /></div><div class="narrow"><${FlowMap} ...${seen} borders=${borders} narrow /></div></section>
    <${PlanFor} page=${page} risk=${shown.risk} setRisk=${(/** @type {number} */ r) => update({ risk: r })} shownDay=${shownDay} /></div>
    <${SmallMultiples} page=${page} shownDay=${shownDay} />
    ${!exported && html`<${WhatIf} page=${page} what=${shown.what} update=${update} />`}
    <${Review} situation=${page.situation.id} />
    <${Claims} page=${page} chosen=${shown.claim} onChoose=${choose} />
    <${Disagreements} page=${page} onChoose=${choose} />
    <${Events} page=${page} /><${Context} page=${page} /><${HowGood} page=${page} /><${Downloads} page=${page} /><${Reading} page=${page} /></main>${imprint}`;
}

const SECTIONS = [["course", "course"], ["map", "map"], ["plan", "plan_title"], ["places", "places"], ["what-if", "what_if"], ["claims", "claims_short"], ["disagreements", "disagree"],
  ["events", "events_short"], ["context", "context"], ["record", "how_good_short"], ["downloads", "downloads"]];

/** The parts of the page, as far as this situation has them. @param {any} props */
function Contents({ page }) {
  const left = exported ? ["what-if"] : [];
  if (!page.context.length) left.push("context");
  return html`<nav class="contents" aria-label=${t("contents")}>${SECTIONS.filter(([id]) => !left.includes(id)).map(([id, key]) => html`<a key=${id} href=${`#${id}`} onClick=${(/** @type {Event} */ e) => jump(id, e)}>${t(key)}</a>`)}</nav>`;
}

function App() {
  const [shown, setShown] = useState(readAddress());
  const [situations, setSituations] = useState(/** @type {any[]} */ ([]));
  const [kept, setKept] = useState(/** @type {any[]} */ ([]));
  const [page, setPage] = useState(/** @type {any} */ (null));
  const [borders, setBorders] = useState(null);
  const [wrong, setWrong] = useState("");
  const [spoken, setSpoken] = useState("");
  const update = useCallback((/** @type {object} */ change) => setShown((/** @type {any} */ now) => {
    const next = { ...now, ...change };
    writeAddress(next);
    return next;
  }), []);
  const failed = (/** @type {any} */ error) => setWrong(error.message || t("no_server"));

  useEffect(() => { listen(shown.lang).then(setSpoken); }, [shown.lang]);
  useEffect(() => {
    const read = () => setShown(readAddress());
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  useEffect(() => { source.situations().then((found) => {
    setSituations(found.items);
    const most = [...found.items].sort((a, b) => b.forecasts - a.forecasts)[0];
    if (!found.items.some((/** @type {any} */ s) => s.id === shown.s)) update({ s: most.id, f: "" });
  }, failed); }, []);
  useEffect(() => {
    if (!shown.s) return;
    setKept([]);
    source.borders(shown.s).then(setBorders, () => setBorders(null));
    refresh("");
  }, [shown.s]);
  useEffect(() => {
    if (!shown.f || !shown.s) { setPage(null); return; }
    source.forecast(shown.s, shown.f).then((found) => { setPage(found); setWrong(""); }, failed);
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
  const content = page ? html`<${Forecast} page=${page} kept=${kept} borders=${borders} shown=${shown} update=${update} />` : !shown.f && shown.s && html`<main><p>${t("no_forecast")}</p></main>`;
  if (embedded) return html`${alert}${content}`;
  return html`<a class="skip" href="#top" onClick=${(/** @type {Event} */ e) => jump("top", e)}>${t("skip")}</a><nav class="bar" aria-label=${t("choose")}>
    ${exported ? "" : html`<label>${t("situation")} <select value=${shown.s} onChange=${(/** @type {any} */ e) => update({ s: e.target.value, f: "", claim: "", day: -1, what: "" })}>
      ${situations.map((s) => html`<option key=${s.id} value=${s.id}>${s.title}</option>`)}</select></label>`}
    <${AsOfSlider} kept=${kept} chosen=${shown.f} choose=${(/** @type {string} */ f) => update({ f })} />
    <label class="language">${t("language")} <select value=${spoken} onChange=${(/** @type {any} */ e) => update({ lang: e.target.value })}>
      ${Object.entries(LANGUAGES).map(([lang, name]) => html`<option key=${lang} value=${lang} lang=${lang}>${name}</option>`)}</select></label>
    ${!exported && shown.s && html`<${Order} situation=${shown.s} onMade=${refresh} />`}</nav>
    ${page && html`<${Contents} page=${page} />`}${alert}${content}`;
}

/** Load the texts of a language that the page has: the one asked for, else the reader's. @param {string} asked */
async function listen(asked) {
  const wanted = [asked, navigator.language.slice(0, 2)].find((lang) => lang in LANGUAGES) || "en";
  const english = await source.messages("en").catch(() => ({}));
  const own = wanted === "en" ? english : await source.messages(wanted).catch(() => null);
  const lang = own ? wanted : "en";
  speak(lang, own || english, english);
  return lang;
}

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.textContent = "";
if (embedded) document.body.classList.add("embedded");
render(html`<${App} />`, root);
