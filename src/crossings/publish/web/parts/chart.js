// The fan chart: ranges ahead, reported figures in the shape of their qualifier, plans as dashed lines.
import { jump } from "crossings/address";
import { d3 } from "crossings/d3";
import { html, useMemo, useState } from "crossings/lib";
import { rangesOf } from "crossings/ranges";
import { between, day, figure, moment, number, quantity, rounded, stampWords, stepFor, t, term } from "crossings/words";

const WIDE = { width: 860, height: 410, top: 30, right: 136, bottom: 34, left: 62 };
const NARROW = { width: 380, height: 340, top: 30, right: 14, bottom: 34, left: 50 };

/** How near to a mark a finger counts as on it, in units of the drawing. */
const REACH = 24;

/** Reported figures that are drawn at most: of a long series the last ones. */
const MOST_MARKS = 150;

/** Reported figures of the headline's quantity at some places, one mark a bulletin and figure.
 * @param {any} page @param {string[]} places @param {any[]} [claims] */
export function marksOf(page, places, claims = page.claims) {
  const seen = new Set();
  return claims.filter((/** @type {any} */ claim) => {
    const fits = page.forecast.counted_as.includes(`${claim.measure}.${claim.counting}`) && places.includes(claim.place);
    const told = claim.unit === "people" && !["planned", "forecast"].includes(claim.status) && claim.review !== "rejected";
    const key = `${claim.as_of}|${claim.low}|${claim.high}`;
    if (!fits || !told || !claim.as_of || (claim.low ?? claim.high) === null || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Those of the last while: as much of the past as lies ahead, twice that where figures are rare.
 * @param {any[]} marks @param {any} page */
function recentOf(marks, page) {
  const issued = +new Date(page.forecast.issued_at);
  const ahead = +new Date(page.forecast.times.at(-1)) - issued;
  const since = (/** @type {number} */ from) => marks.filter((c) => +new Date(c.as_of) >= from).slice(-MOST_MARKS);
  const near = since(issued - ahead);
  return near.length > 2 ? near : since(issued - 2 * ahead);
}

/** Plans and others' forecasts for the headline's quantity that are not yet overtaken. @param {any} page @param {any} top @param {number} least */
function plansOf(page, top, least) {
  const found = new Map();
  for (const claim of page.claims) {
    const value = claim.low ?? claim.high;
    if (claim.ahead && value > least && claim.unit === "people" && [top.place, ""].includes(claim.place) && value && claim.review !== "rejected") {
      if (!found.has(value)) found.set(value, claim);
    }
  }
  return [...found.entries()].sort((a, b) => a[0] - b[0]).slice(0, 6);
}

/** A claim in one line. @param {any} claim */
export const said = (claim) => `${figure(claim)} ${quantity(claim)}, ${stampWords(claim.as_of, claim.precision)}: ${claim.speakers || t("the_report")}`;

/** @param {any} props */
function Mark({ claim, x, y, chosen }) {
  const at = x(new Date(claim.as_of));
  const style = claim.later ? "later" : "known";
  const { low, high } = claim;
  let shape;
  if (low !== null && high !== null && low !== high) {
    shape = html`<path class="${style} line" d="M${at - 4} ${y(high)}h8m-4 0V${y(low)}m-4 0h8" />`;
  } else if (claim.qualifier === "at_least" || high === null) {
    shape = html`<path class="${style} line" d="M${at - 4} ${y(low)}h8m-4 0v-16m-4 5l4 -5l4 5" />`;
  } else if (claim.qualifier === "at_most" || low === null) {
    shape = html`<path class="${style} line" d="M${at - 4} ${y(high)}h8m-4 0v16m-4 -5l4 5l4 -5" />`;
  } else {
    const fill = claim.qualifier === "exact" ? "full" : "open";
    shape = claim.later
      ? html`<path class="later ${fill}" d="M${at} ${y(low) - 5}l5 5l-5 5l-5 -5Z" />`
      : html`<circle class="known ${fill}" cx=${at} cy=${y(low)} r="4" />`;
  }
  const halo = claim.id === chosen ? html`<circle class="chosen" cx=${at} cy=${y(low ?? high)} r="10" />` : null;
  return html`<g class="mark">${halo}${shape}<title>${said(claim)}</title></g>`;
}

/** The course ahead: what to add to the chart, the chart for wide and for narrow screens, what its marks mean.
 * @param {any} props */
export function Course({ page, later, wanted, want, shownDay, chosen, onChoose, past, setPast }) {
  const [rules, setRules] = useState(false);
  const simple = page.forecast.simple_rules;
  const picked = page.claims.concat(later || []).find((/** @type {any} */ c) => c.id === chosen);
  const chart = { page, top: page.forecast.headline, later, past: past || [], rules: rules ? simple : [], shownDay, chosen, onChoose };
  return html`<section id="course"><h2>${t("course")}</h2>
    <div class="filters"><label><input type="checkbox" checked=${wanted} onChange=${() => want(!wanted)} />${t("show_later")}</label>
      ${setPast && html`<label><input type="checkbox" checked=${past !== null} onChange=${() => setPast(past === null)} />${t("show_past")}</label>`}
      ${simple.length > 0 && html`<label><input type="checkbox" checked=${rules} onChange=${() => setRules(!rules)} />${t("show_rules")}</label>`}</div>
    <figure><div class="wide"><${FanChart} ...${chart} /></div><div class="narrow"><${FanChart} ...${chart} narrow id="fan-small" /></div>
    <figcaption><p class="picked-line" aria-live="polite">${picked ? html`<bdi>${said(picked)}</bdi> ${!picked.later && html`<a href="#claims" onClick=${(/** @type {Event} */ e) => jump(`claim-${picked.id}`, e)}>${t("in_table")}</a>`}` : t("touch_mark")}</p>
    <ul class="legend"><li><span class="key median"></span>${t("median")}</li><li><span class="key band50"></span>${t("half")}</li><li><span class="key band90"></span>${t("nine_in_ten")}</li>
      <li><span class="key known"></span>${t("reported_known")}: ${t("qualifiers")}</li>${later && html`<li><span class="key later"></span>${t("reported_later")}</li>`}
      <li><span class="key level"></span>${t("plans")}</li>${past && html`<li><span class="key past"></span>${t("past")}</li>`}${rules && html`<li><span class="key rule"></span>${t("rules")}</li>`}</ul></figcaption></figure></section>`;
}

/** The mark nearest to where the chart was touched, if one is near. @param {any} event @param {any[]} drawn @param {any} x @param {any} y */
function touched(event, drawn, x, y) {
  const svg = event.currentTarget;
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  const away = (/** @type {any} */ c) => Math.hypot(x(new Date(c.as_of)) - point.x, y(c.low ?? c.high) - point.y);
  const nearest = d3.least(drawn, away);
  return nearest && away(nearest) <= REACH ? nearest.id : "";
}

/** @param {any} props */
export function FanChart({ page, top, later, past, rules, shownDay, chosen, onChoose, narrow = false, id = "fan" }) {
  const frame = narrow ? NARROW : WIDE;
  const rows = rangesOf(page, top.target, top.place);
  const recent = useMemo(() => recentOf(marksOf(page, [top.place, ""]), page), [page]);
  const after = useMemo(() => (later ? marksOf(page, [top.place, ""], later) : []), [page, later]);
  const end = rows[rows.length - 1];
  const issuedAt = new Date(page.forecast.issued_at);
  // A figure that was put together from several places has no row of its own.
  const last = page.forecast.last_figure;
  const sum = last && !recent.some((/** @type {any} */ c) => c.as_of === last.as_of && (c.low ?? c.high) === last.value) ? last : null;
  const inside = after.filter((/** @type {any} */ c) => new Date(c.as_of) <= end.when);
  const drawn = [...recent, ...inside];
  const from = d3.min([issuedAt, sum ? new Date(sum.as_of) : issuedAt, ...recent.map((/** @type {any} */ c) => new Date(c.as_of))]);
  const most = d3.max([end.high90, d3.max(rows, (/** @type {any} */ r) => r.high90), ...drawn.map((c) => c.high ?? c.low)]) || 1;
  const x = d3.scaleTime([from, end.when], [frame.left, frame.width - frame.right]);
  // The fan opens at the last exact figure, where there is one.
  const exact = d3.greatest(recent.filter((/** @type {any} */ c) => c.qualifier === "exact" && c.low === c.high && new Date(c.as_of) < rows[0].when), (/** @type {any} */ c) => +new Date(c.as_of));
  const start = exact ? [{ when: new Date(exact.as_of), low90: exact.low, low50: exact.low, median: exact.low, high50: exact.low, high90: exact.low }] : [];
  const fan = [...start, ...rows];
  const y = d3.scaleLinear([0, most], [frame.height - frame.bottom, frame.top]).nice(10);
  const area = (/** @type {string} */ low, /** @type {string} */ high) =>
    d3.area().x((/** @type {any} */ r) => x(r.when)).y0((/** @type {any} */ r) => y(r[low])).y1((/** @type {any} */ r) => y(r[high]))(fan);
  const line = d3.line().x((/** @type {any} */ r) => x(r.when)).y((/** @type {any} */ r) => y(r.median));
  const issued = x(issuedAt);
  const chosenRow = rows.find((/** @type {any} */ r) => r.i === shownDay);
  const step = stepFor(end.high90 - end.low90);
  const ends = rows.filter((/** @type {any} */ r) => page.forecast.day_ends.includes(r.i));
  const right = frame.width - frame.right;
  const label = `${top.target}: ${t("median")} ${rounded(end.median, step)}, ${t("nine_in_ten")} ${between(end.low90, end.high90, step)}`;
  return html`<svg id=${id} class="chart" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label=${label} onClick=${(/** @type {any} */ e) => onChoose(touched(e, drawn, x, y))}>
    <text class="tick" x="2" y="11">${t("people")}</text>
    ${y.ticks(5).map((/** @type {number} */ v) => html`<g key=${v}><path class="grid" d="M${frame.left} ${y(v)}H${right}" />
      <text class="tick" x=${frame.left - 8} y=${y(v) + 4} text-anchor="end">${number(v)}</text></g>`)}
    <${DayTicks} ends=${ends} x=${x} frame=${frame} narrow=${narrow} from=${from} page=${page} />
    <path class="band90" d=${area("low90", "high90")} /><path class="band50" d=${area("low50", "high50")} />
    ${past.map((/** @type {any} */ old) => html`<${Earlier} key=${old.id} old=${old} x=${x} y=${y} from=${from} end=${end} line=${line} />`)}
    <path class="median" d=${line(fan)} />
    <path class="issue" d="M${issued} 3V${frame.height - frame.bottom}" />
    <text class="note halo" x=${issued + 5} y="11">${moment(page.forecast.issued_at)}</text>
    <${Plans} plans=${plansOf(page, top, rows[0].low90).filter(([value]) => value <= y.domain()[1])} y=${y} left=${frame.left} right=${right} most=${narrow ? 24 : 60} />
    <${Rules} rules=${rules} ends=${ends} x=${x} y=${y} />
    ${sum && html`<g class="mark"><circle class="known open" cx=${x(new Date(sum.as_of))} cy=${y(sum.value)} r="4" /><title>${t("sum_of_places", { figure: number(sum.value), when: moment(sum.as_of) })}</title></g>`}
    ${drawn.map((claim) => html`<${Mark} key=${claim.id} claim=${claim} x=${x} y=${y} chosen=${chosen} />`)}
    ${chosenRow && html`<g class="now"><path d="M${x(chosenRow.when)} ${y(chosenRow.low90)}V${y(chosenRow.high90)}" />
      <circle cx=${x(chosenRow.when)} cy=${y(chosenRow.median)} r="5" /></g>`}
    ${!narrow && html`<${EndLabels} end=${end} y=${y} frame=${frame} step=${step} />`}
  </svg>`;
}

/** Plans as dashed lines; a name that would lie on the one above goes below its line. @param {any} props */
function Plans({ plans, y, left, right, most }) {
  let above = -Infinity;
  return [...plans].reverse().map(([value, claim]) => {
    const height = y(value) - 5 - above < 13 ? y(value) + 13 : y(value) - 5;
    above = height;
    return html`<g key=${value}><path class="level" d="M${left} ${y(value)}H${right}" />
      <text class="note halo" dir="auto" x=${right - 4} y=${height} text-anchor="end">${figure(claim)}: ${shortened(claim.speakers || t("the_report"), most)}</text></g>`;
  });
}

/** @param {string} text @param {number} most */
const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);

const HALF_DAY = 432e5;

/** Dates along the foot, each below the middle of its day, as many as have room. @param {any} props */
function DayTicks({ ends, x, frame, narrow, from, page }) {
  const room = narrow ? 62 : 74;
  const stamps = ends.map((/** @type {any} */ r) => r.time);
  const first = stamps[0];
  const gap = ends.length > 1 ? +ends[1].when - +ends[0].when : 864e5;
  const offset = page.forecast.issued_at.slice(10);
  for (let when = +new Date(first) - gap; when >= +from; when -= gap) {
    // The same hour of an earlier day, written in the zone of the situation.
    stamps.unshift(`${new Date(when + zoneOf(first)).toISOString().slice(0, 10)}${first.slice(10) || offset}`);
  }
  const every = Math.max(1, Math.ceil((room * stamps.length) / (frame.width - frame.left - frame.right)));
  const anchor = stamps.indexOf(first) % every;
  const foot = frame.height - frame.bottom;
  return stamps.map((/** @type {string} */ stamp, /** @type {number} */ i) => {
    const middle = x(new Date(+new Date(stamp) - HALF_DAY));
    return html`<g key=${stamp}>${every < 4 && html`<path class="grid" d="M${x(new Date(stamp))} ${foot}v5" />`}
      ${i % every === anchor && middle >= frame.left && html`<text class="tick" x=${middle} y=${frame.height - 12} text-anchor="middle">${day(stamp, false)}</text>`}</g>`;
  });
}

/** Milliseconds by which the stamp's zone is ahead of UTC. @param {string} stamp */
const zoneOf = (stamp) => +new Date(`${stamp.slice(0, 19)}Z`) - +new Date(stamp);

/** The median of an earlier forecast, with a dot where it was issued. @param {any} props */
function Earlier({ old, x, y, from, end, line }) {
  const rows = old.rows.filter((/** @type {any} */ r) => r.when >= from && r.when <= end.when && r.median <= y.domain()[1]);
  if (!rows.length) return null;
  return html`<g><path class="past" d=${line(rows)} /><circle class="past-start" cx=${x(rows[0].when)} cy=${y(rows[0].median)} r="2.5" />
    <title>${t("issued_short", { when: moment(old.issued) })}</title></g>`;
}

/** Simple rules: their medians at each day's end, named at the last one that is seen. @param {any} props */
function Rules({ rules, ends, x, y }) {
  const [, top] = y.domain();
  let last = Infinity;
  return [...rules].sort((a, b) => b.values.at(-1)[1] - a.values.at(-1)[1]).map((rule) => {
    const points = rule.values.map((/** @type {number[]} */ v, /** @type {number} */ i) => [x(ends[i].when), v[1]]).filter((/** @type {number[]} */ p) => p[1] <= top);
    const end = points.at(-1);
    if (!end) return null;
    // Names that would lie on each other step down.
    const height = last === Infinity ? y(end[1]) : Math.max(y(end[1]), last + 14);
    last = height;
    return html`<g key=${rule.name} class="rule"><path d=${d3.line().y((/** @type {number[]} */ p) => y(p[1]))(points)} />
      <text class="note halo" x=${end[0] - 6} y=${height - 6} text-anchor="end">${term("rule", rule.name)}</text></g>`;
  });
}

/** What the fan says at its end, pushed apart where it is narrow. @param {any} props */
function EndLabels({ end, y, frame, step }) {
  const rows = [["95 %", end.high90], ["75 %", end.high50], [t("median"), end.median], ["25 %", end.low50], ["5 %", end.low90]];
  const at = rows.map(([, value]) => y(value));
  at[2] = Math.min(Math.max(at[2], frame.top + 34), frame.height - frame.bottom - 26);
  for (const i of [1, 0]) at[i] = Math.min(at[i], at[i + 1] - 17);
  for (const i of [3, 4]) at[i] = Math.max(at[i], at[i - 1] + 17);
  return rows.map(([name, value], i) => html`<text key=${name} class=${i === 2 ? "note strong" : "note"}
    x=${frame.width - frame.right + 8} y=${at[i] + 4}>${name}: ${rounded(value, step)}</text>`);
}

/** A small fan without words, with the figures reported of its places. @param {any} props */
export function SmallFan({ page, places, rows, now }) {
  const width = 300, height = 78;
  const marks = useMemo(() => recentOf(marksOf(page, places), page), [page]);
  if (rows.length < 2) return null;
  const x = d3.scaleTime([d3.min([rows[0].when, ...marks.map((/** @type {any} */ c) => new Date(c.as_of))]), rows[rows.length - 1].when], [5, width - 4]);
  const most = Math.max(1, d3.max(rows, (/** @type {any} */ r) => r.high90), d3.max(marks, (/** @type {any} */ c) => c.high ?? c.low) ?? 0);
  const y = d3.scaleLinear([0, most], [height - 5, 5]);
  const area = (/** @type {string} */ a, /** @type {string} */ b) =>
    d3.area().x((/** @type {any} */ r) => x(r.when)).y0((/** @type {any} */ r) => y(r[a])).y1((/** @type {any} */ r) => y(r[b]))(rows);
  const line = d3.line().x((/** @type {any} */ r) => x(r.when)).y((/** @type {any} */ r) => y(r.median))(rows);
  return html`<svg class="chart small" viewBox="0 0 ${width} ${height}" aria-hidden="true"><path class="grid" d="M0 ${height - 5}H${width}" />
    <path class="band90" d=${area("low90", "high90")} /><path class="band50" d=${area("low50", "high50")} />
    <path class="median" d=${line} /><g class="now"><path d="M${x(now.when)} ${y(now.low90)}V${y(now.high90)}" /><circle cx=${x(now.when)} cy=${y(now.median)} r="3.5" /></g>
    ${marks.map((/** @type {any} */ c) => html`<circle key=${c.id} class="known ${c.qualifier === "exact" ? "full" : "open"}" cx=${x(new Date(c.as_of))} cy=${y(c.low ?? c.high)} r="3"><title>${said(c)}</title></circle>`)}</svg>`;
}
