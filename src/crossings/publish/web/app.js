// The page: what is chosen, what is loaded for it, and the parts that show it.
import { html, render, useCallback, useEffect, useState } from "crossings/lib";
import { readAddress, writeAddress } from "crossings/address";
import { Claims, Disagreements } from "crossings/parts/claims";
import { FanChart, rangesOf } from "crossings/parts/chart";
import { FlowMap } from "crossings/parts/map";
import { Downloads, Order } from "crossings/parts/order";
import { PlanFor, SmallMultiples } from "crossings/parts/planning";
import { Review } from "crossings/parts/review";
import { WhatIf } from "crossings/parts/scenario";
import { Context, Events, HowGood, Reading } from "crossings/parts/setting";
import { exported, source } from "crossings/source";
import { day, moment, number, speak, t } from "crossings/words";

const OLD_HOURS = 24;
const PLAY_MS = 900;

/** @param {any} props */
function Headline({ page }) {
  const { headline, last_figure: last, issued_at: issued } = page.forecast;
  const claim = last && page.claims.find((/** @type {any} */ c) => c.id === last.claim);
  return html`<header class="top" id="top"><p class="kicker">${page.situation.title}</p>
    <h1>${headline.when}: <span class="figure">${headline.median}</span> ${page.words.targets[headline.target]} <span class="soft">(${t("median")})</span>; ${t("headline_range", { interval: headline.interval })}.</h1>
    <p class="plan">${t("plan_line")} <strong>${headline.plan}</strong>.</p>
    ${page.forecast.odds && html`<p class="plan">${page.forecast.odds}</p>`}
    <p class="last">${last ? html`${t("last_figure")} <strong>${number(last.value)}</strong> ${t("last_figure_line", { when: moment(last.as_of), age: last.words, who: claim?.speakers || t("the_report") })}` : t("no_figure")}</p>
    ${last && last.age_hours > OLD_HOURS && html`<p class="warning" role="note">${t("old_figure", { age: last.words })}</p>`}
    <p class="issue-line">${t("issued", { when: moment(issued), tier: page.words.tier, profile: page.situation.profile })}</p>
    ${page.situation.left_out.length > 0 && html`<div class="withheld"><p>${t("withheld")}</p><ul>${page.situation.left_out.map((/** @type {string} */ w) => html`<li key=${w}>${w}</li>`)}</ul></div>`}</header>`;
}

/** @param {any} props */
function DaySlider({ page, shownDay, setDay }) {
  const ends = page.forecast.day_ends;
  const at = Math.max(0, ends.indexOf(shownDay));
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => (at + 1 < ends.length ? setDay(ends[at + 1]) : setPlaying(false)), PLAY_MS);
    return () => clearTimeout(timer);
  }, [playing, at]);
  const start = () => { if (at + 1 >= ends.length) setDay(ends[0]); setPlaying(!playing); };
  return html`<div class="slider"><button type="button" onClick=${start}>${t(playing ? "pause" : "play")}</button>
    <label>${t("day")} <input type="range" min="0" max=${ends.length - 1} value=${at} aria-valuetext=${day(page.forecast.times[ends[at]])}
      onInput=${(/** @type {any} */ e) => { setPlaying(false); setDay(ends[Number(e.target.value)]); }} /></label>
    <output>${day(page.forecast.times[ends[at]])}</output></div>`;
}

/** @param {any} props */
function AsOfSlider({ kept, chosen, choose }) {
  const at = Math.max(0, kept.findIndex((/** @type {any} */ k) => k.id === chosen));
  return html`<div class="slider as-of"><label title=${t("as_of_help")}>${t("as_of")} <input type="range" min="0" max=${Math.max(kept.length - 1, 0)} value=${at}
      disabled=${kept.length < 2} aria-valuetext=${kept[at] ? moment(kept[at].issued_at) : ""} onInput=${(/** @type {any} */ e) => choose(kept[Number(e.target.value)].id)} /></label>
    <output>${kept[at] ? moment(kept[at].issued_at) : "–"}</output></div>`;
}

/** @param {any} props */
function Forecast({ page, kept, borders, shown, update }) {
  const [later, setLater] = useState(false);
  const [past, setPast] = useState(false);
  const [old, setOld] = useState(/** @type {any[]} */ ([]));
  const top = page.forecast.headline;
  const ends = page.forecast.day_ends;
  const shownDay = ends.includes(shown.day) ? shown.day : ends[0];
  const choose = useCallback((/** @type {string} */ id) => {
    update({ claim: id });
    if (id) requestAnimationFrame(() => document.getElementById(`claim-${id}`)?.scrollIntoView({ block: "nearest" }));
  }, []);
  useEffect(() => {
    if (!past) { setOld([]); return; }
    const before = kept.filter((/** @type {any} */ k) => k.id !== page.id && k.issued_at < page.forecast.issued_at).slice(-8);
    Promise.all(before.map((/** @type {any} */ k) => source.forecast(page.situation.id, k.id)))
      .then((pages) => setOld(pages.map((p) => ({ id: p.id, rows: rangesOf(p, top.target, top.place) })))).catch(() => setOld([]));
  }, [past, page.id]);
  const chart = { page, top, later, past: old, shownDay, chosen: shown.claim, onChoose: choose };
  const map = { page, borders, shownDay, chosen: shown.claim, onChoose: choose };
  return html`<main><div class="hero"><${Headline} page=${page} />
    <section id="course"><h2>${t("course")}</h2>
      <div class="filters"><label><input type="checkbox" checked=${later} onChange=${() => setLater(!later)} />${t("show_later")}</label>
        <label><input type="checkbox" checked=${past} disabled=${kept.length < 2} onChange=${() => setPast(!past)} />${t("show_past")}</label></div>
      <figure><div class="wide"><${FanChart} ...${chart} /></div><div class="narrow"><${FanChart} ...${chart} narrow id="fan-small" /></div>
      <figcaption><ul class="legend"><li><span class="key median"></span>${t("median")}</li><li><span class="key band50"></span>${t("half")}</li><li><span class="key band90"></span>${t("nine_in_ten")}</li>
        <li><span class="key known"></span>${t("reported_known")}: ${t("qualifiers")}</li>${later && html`<li><span class="key later"></span>${t("reported_later")}</li>`}
        <li><span class="key level"></span>${t("plans")}</li>${past && html`<li><span class="key past"></span>${t("past")}</li>`}</ul></figcaption></figure></section></div>
    <div class="day-bar"><${DaySlider} page=${page} shownDay=${shownDay} setDay=${(/** @type {number} */ d) => update({ day: d })} /></div>
    <section id="map"><h2>${t("map")}</h2><div class="wide"><${FlowMap} ...${map} /></div><div class="narrow"><${FlowMap} ...${map} narrow /></div></section>
    <${PlanFor} page=${page} risk=${shown.risk} setRisk=${(/** @type {number} */ r) => update({ risk: r })} shownDay=${shownDay} />
    <${SmallMultiples} page=${page} shownDay=${shownDay} />
    ${!exported && html`<${WhatIf} page=${page} />`}
    <${Review} situation=${page.situation.id} />
    <${Claims} page=${page} chosen=${shown.claim} onChoose=${choose} />
    <${Disagreements} page=${page} onChoose=${choose} />
    <${Events} page=${page} /><${Context} page=${page} /><${HowGood} page=${page} /><${Downloads} page=${page} /><${Reading} page=${page} /></main>
    <footer id="imprint">${page.words.sign_off && html`<p>${page.words.sign_off}.</p>`}<p>${t("imprint", { members: number(page.forecast.members), seed: page.forecast.seed })}
      ${Object.entries(page.forecast.versions).map(([k, v]) => `${k} ${v}`).join(", ")}. ${page.situation.licence}</p></footer>`;
}

function App() {
  const [shown, setShown] = useState(readAddress());
  const [situations, setSituations] = useState(/** @type {any[]} */ ([]));
  const [kept, setKept] = useState(/** @type {any[]} */ ([]));
  const [page, setPage] = useState(/** @type {any} */ (null));
  const [borders, setBorders] = useState(null);
  const [wrong, setWrong] = useState("");
  const update = useCallback((/** @type {object} */ change) => setShown((/** @type {any} */ now) => {
    const next = { ...now, ...change };
    writeAddress(next);
    return next;
  }), []);
  const failed = (/** @type {any} */ error) => setWrong(error.message || t("no_server"));

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
    source.forecast(shown.s, shown.f).then((found) => { setPage(found); setWrong(""); document.title = `${found.situation.title}: ${found.forecast.headline.when}`; }, failed);
  }, [shown.s, shown.f]);

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

  return html`<a class="skip" href="#top">${t("skip")}</a><nav class="bar" aria-label=${t("choose")}>
    <label>${t("situation")} <select value=${shown.s} disabled=${exported} onChange=${(/** @type {any} */ e) => update({ s: e.target.value, f: "", claim: "" })}>
      ${situations.map((s) => html`<option key=${s.id} value=${s.id}>${s.title}</option>`)}</select></label>
    <${AsOfSlider} kept=${kept} chosen=${shown.f} choose=${(/** @type {string} */ f) => update({ f })} />
    ${!exported && shown.s && html`<${Order} situation=${shown.s} onMade=${refresh} />`}</nav>
    ${wrong && html`<p class="warning" role="alert">${wrong}</p>`}
    ${page ? html`<${Forecast} page=${page} kept=${kept} borders=${borders} shown=${shown} update=${update} />` : !shown.f && shown.s && html`<main><p>${t("no_forecast")}</p></main>`}`;
}

async function start() {
  const wanted = readAddress().lang || navigator.language.slice(0, 2);
  const english = await source.messages("en").catch(() => ({}));
  const own = wanted === "en" ? english : await source.messages(wanted).catch(() => null);
  speak(own ? wanted : "en", own || english, english);
  const root = /** @type {HTMLElement} */ (document.getElementById("app"));
  root.textContent = "";
  render(html`<${App} />`, root);
}

start();
