// The fan chart: ranges ahead, reported figures in the shape of their qualifier, plans as dashed lines.
import { d3, html, useMemo } from "crossings/lib";
import { between, day, moment, number, rounded, stepFor, t } from "crossings/words";

const WIDE = { width: 860, height: 410, top: 30, right: 128, bottom: 34, left: 62 };
const NARROW = { width: 380, height: 340, top: 30, right: 14, bottom: 34, left: 50 };

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

/** The reported figures of a target at a place, one mark a bulletin and figure. @param {any} page @param {any} top */
export function marksOf(page, top, later = false) {
  const seen = new Set();
  return (later ? page.later : page.claims).filter((/** @type {any} */ claim) => {
    const fits = `${claim.measure}.${claim.counting}` === top.target && [top.place, ""].includes(claim.place);
    const told = claim.unit === "people" && !["planned", "forecast"].includes(claim.status) && claim.review !== "rejected";
    const key = `${claim.as_of}|${claim.low}|${claim.high}`;
    if (!fits || !told || !claim.as_of || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** @param {any} page @param {any} top */
function plansOf(page, top) {
  const found = new Map();
  for (const claim of page.claims) {
    const value = claim.low ?? claim.high;
    if (claim.ahead && claim.unit === "people" && [top.place, ""].includes(claim.place) && value && claim.review !== "rejected") {
      if (!found.has(value)) found.set(value, claim);
    }
  }
  return [...found.entries()].sort((a, b) => a[0] - b[0]).slice(0, 6);
}

/** @param {any} props */
function Mark({ claim, x, y, chosen, onChoose }) {
  const at = x(new Date(claim.as_of));
  const style = claim.later ? "later" : "known";
  const { low, high } = claim;
  let shape;
  const said = `${claim.figure}, ${claim.as_of_words}: ${claim.speakers || t("the_report")}`;
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
  return html`<g class="mark" onClick=${() => onChoose(claim.id)}>${halo}${shape}<title>${said}</title></g>`;
}

/** @param {any} props */
export function FanChart({ page, top, later, past, shownDay, chosen, onChoose, narrow = false, id = "fan" }) {
  const frame = narrow ? NARROW : WIDE;
  const rows = rangesOf(page, top.target, top.place);
  const known = useMemo(() => marksOf(page, top), [page]);
  const after = useMemo(() => (later ? marksOf(page, top, true) : []), [page, later]);
  const end = rows[rows.length - 1];
  const inside = after.filter((/** @type {any} */ c) => new Date(c.as_of) <= end.when);
  const marks = [...known, ...inside];
  const from = d3.min([new Date(page.forecast.issued_at), ...known.slice(-12).map((/** @type {any} */ c) => new Date(c.as_of))]);
  const drawn = marks.filter((c) => new Date(c.as_of) >= from);
  const most = d3.max([end.high90, ...drawn.map((c) => c.high ?? c.low)]) || 1;
  const x = d3.scaleTime([from, end.when], [frame.left, frame.width - frame.right]);
  const y = d3.scaleLinear([0, most * 1.04], [frame.height - frame.bottom, frame.top]).nice(5);
  const area = (/** @type {string} */ low, /** @type {string} */ high) =>
    d3.area().x((/** @type {any} */ r) => x(r.when)).y0((/** @type {any} */ r) => y(r[low])).y1((/** @type {any} */ r) => y(r[high]))(rows);
  const line = d3.line().x((/** @type {any} */ r) => x(r.when)).y((/** @type {any} */ r) => y(r.median));
  const issued = x(new Date(page.forecast.issued_at));
  const chosenRow = rows.find((/** @type {any} */ r) => r.i === shownDay);
  const step = stepFor(end.high90 - end.low90);
  const ends = rows.filter((/** @type {any} */ r) => page.forecast.day_ends.includes(r.i));
  const every = Math.ceil(ends.length / (narrow ? 4 : 9));
  const right = frame.width - frame.right;
  const label = `${top.target}: ${t("median")} ${rounded(end.median, step)}, ${t("nine_in_ten")} ${between(end.low90, end.high90, step)}`;
  return html`<svg id=${id} class="chart" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label=${label}>
    <text class="tick" x=${frame.left - 8} y="11" text-anchor="end">${t("people")}</text>
    ${y.ticks(5).map((/** @type {number} */ v) => html`<g key=${v}><path class="grid" d="M${frame.left} ${y(v)}H${right}" />
      <text class="tick" x=${frame.left - 8} y=${y(v) + 4} text-anchor="end">${number(v)}</text></g>`)}
    ${ends.filter((/** @type {any} */ _, /** @type {number} */ i) => i % every === 0).map((/** @type {any} */ r) =>
      html`<text class="tick" x=${x(r.when)} y=${frame.height - 12} text-anchor="middle">${day(r.time, false)}</text>`)}
    <path class="band90" d=${area("low90", "high90")} /><path class="band50" d=${area("low50", "high50")} />
    ${past.map((/** @type {any} */ old) => html`<path class="past" key=${old.id} d=${d3.line()
      .x((/** @type {any} */ r) => x(r.when)).y((/** @type {any} */ r) => y(r.median))
      (old.rows.filter((/** @type {any} */ r) => r.when >= from && r.when <= end.when && r.median <= y.domain()[1]))} />`)}
    <path class="median" d=${line(rows)} />
    <path class="issue" d="M${issued} ${frame.top}V${frame.height - frame.bottom}" />
    <text class="note halo" x=${issued + 5} y=${frame.top + 4}>${moment(page.forecast.issued_at)}</text>
    ${plansOf(page, top).filter(([value]) => value <= y.domain()[1]).map(([value, claim]) => html`<g key=${value}>
      <path class="level" d="M${frame.left} ${y(value)}H${right}" />
      <text class="note halo" x=${right - 4} y=${y(value) - 5} text-anchor="end">${claim.figure}: ${(claim.speakers || "").slice(0, narrow ? 22 : 60)}</text></g>`)}
    ${drawn.map((claim) => html`<${Mark} key=${claim.id} claim=${claim} x=${x} y=${y} chosen=${chosen} onChoose=${onChoose} />`)}
    ${chosenRow && html`<g class="now"><path d="M${x(chosenRow.when)} ${y(chosenRow.low90)}V${y(chosenRow.high90)}" />
      <circle cx=${x(chosenRow.when)} cy=${y(chosenRow.median)} r="5" /></g>`}
    ${!narrow && html`<${EndLabels} end=${end} y=${y} frame=${frame} step=${step} />`}
  </svg>`;
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

/** A small fan without words, for small multiples. @param {any} props */
export function SmallFan({ rows, most }) {
  const width = 300, height = 70;
  if (rows.length < 2) return null;
  const x = d3.scaleTime([rows[0].when, rows[rows.length - 1].when], [0, width]);
  const y = d3.scaleLinear([0, Math.max(most, 1)], [height - 1, 4]);
  const area = (/** @type {string} */ a, /** @type {string} */ b) =>
    d3.area().x((/** @type {any} */ r) => x(r.when)).y0((/** @type {any} */ r) => y(r[a])).y1((/** @type {any} */ r) => y(r[b]))(rows);
  const line = d3.line().x((/** @type {any} */ r) => x(r.when)).y((/** @type {any} */ r) => y(r.median))(rows);
  return html`<svg class="chart small" viewBox="0 0 ${width} ${height}" aria-hidden="true">
    <path class="band90" d=${area("low90", "high90")} /><path class="band50" d=${area("low50", "high50")} />
    <path class="median" d=${line} /></svg>`;
}
