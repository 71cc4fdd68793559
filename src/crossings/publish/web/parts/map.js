// The map: boundaries for orientation, routes open or shut, people expected on them, places, events.
import { d3, html, useMemo, useState } from "crossings/lib";
import { day, number, rounded, stepFor, t } from "crossings/words";

const WIDE = { width: 860, height: 470, side: 110, letter: 7 };
const NARROW = { width: 400, height: 430, side: 60, letter: 6.4 };

/** @param {any} page @param {any} frame */
function fitted(page, frame) {
  const at = page.places.filter((/** @type {any} */ p) => p.lat !== null && p.lon !== null);
  if (!at.length) return null;
  const shape = { type: "MultiPoint", coordinates: at.map((/** @type {any} */ p) => [p.lon, p.lat]) };
  const room = [[frame.side / 1.6, 40], [frame.width - frame.side, frame.height - 40]];
  const projection = d3.geoMercator();
  if (at.length > 1) projection.fitExtent(room, shape);
  else projection.center([at[0].lon, at[0].lat]).scale(20000).translate([frame.width / 2, frame.height / 2]);
  return { at, projection };
}

/** Names that find a place beside their point without lying on others. @param {any[]} spots @param {any} frame */
function labelled(spots, frame) {
  /** @type {number[][]} */
  const taken = spots.map((s) => [s.x - 6, s.y - 6, s.x + 6, s.y + 6]);
  return spots.map((spot) => {
    const width = spot.place.name.length * frame.letter;
    const tries = [[9, 4, "start"], [-9, 4, "end"], [0, -10, "middle"], [0, 18, "middle"]];
    for (const [dx, dy, anchor] of tries) {
      const left = anchor === "start" ? spot.x + Number(dx) : anchor === "end" ? spot.x + Number(dx) - width : spot.x - width / 2;
      const box = [left, spot.y + Number(dy) - 11, left + width, spot.y + Number(dy) + 4];
      const clear = taken.every((b) => box[2] < b[0] || box[0] > b[2] || box[3] < b[1] || box[1] > b[3]);
      if (clear && box[0] > 2 && box[2] < frame.width - 2 && box[1] > 2 && box[3] < frame.height - 2) {
        taken.push(box);
        return { ...spot, dx, dy, anchor };
      }
    }
    return { ...spot, anchor: null };
  });
}

const RANK = /** @type {Record<string, number>} */ ({ origin: 0, crossing: 1, reception: 2, camp: 2, town: 3, region: 4, marker: 5 });

/** @param {any} props */
export function FlowMap({ page, borders, shownDay, chosen, onChoose, narrow = false }) {
  const [hovered, hover] = useState("");
  const frame = narrow ? NARROW : WIDE;
  const fit = useMemo(() => fitted(page, frame), [page, narrow]);
  if (!fit) return null;
  const { at, projection } = fit;
  const path = d3.geoPath(projection);
  const where = Object.fromEntries(at.map((/** @type {any} */ p) => [p.id, projection([p.lon, p.lat])]));
  const window = page.flows.find((/** @type {any} */ f) => f.to === shownDay) || page.flows[0];
  const people = Object.fromEntries((window?.people || []).map((/** @type {any} */ f) => [f.route, f]));
  const most = d3.max(page.flows.flatMap((/** @type {any} */ f) => f.people.map((/** @type {any} */ p) => p.people))) || 1;
  const width = d3.scaleSqrt([0, most], [0, narrow ? 10 : 15]);
  const spots = labelled(
    [...at].sort((a, b) => RANK[a.kind] - RANK[b.kind]).map((place) => ({ place, x: where[place.id][0], y: where[place.id][1] })),
    frame,
  );
  const lines = (borders?.lines || []).map((/** @type {any} */ l) => path({ type: "LineString", coordinates: l }));
  const shut = page.routes.filter((/** @type {any} */ r) => r.closed_by);
  const events = /** @type {Record<string, any>} */ (Object.fromEntries(page.events.map((/** @type {any} */ e) => [e.id, e])));
  const picked = page.claims.concat(page.later).find((/** @type {any} */ c) => c.id === chosen);
  const span = window ? t("map_note_day", { day: day(page.forecast.times[window.to]) }) : "";
  const told = hovered || "";
  return html`<figure class="map-figure"><svg class="map" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label=${t("map")}>
    ${lines.map((/** @type {string} */ d, /** @type {number} */ i) => html`<path key=${i} class="border" d=${d} />`)}
    ${page.routes.filter((/** @type {any} */ r) => where[r.from] && where[r.to]).map((/** @type {any} */ r) => {
      const flow = people[r.id];
      const d = `M${where[r.from].join(" ")}L${where[r.to].join(" ")}`;
      const count = flow ? flow.people : 0;
      const said = r.closed_by ? `${name(page, r.from)} – ${name(page, r.to)}: ${closedWords(events[r.closed_by])}`
        : `${name(page, r.from)} – ${name(page, r.to)}: ${number(count)} ${t("people")} (${t("median")})`;
      const style = r.closed_by ? "route shut" : flow && count > 0 ? "route flow" : "route";
      return html`<path key=${r.id} class=${style} stroke-width=${r.closed_by ? 2.6 : count > 0 ? Math.max(width(count), 1.2) : 1.1} d=${d}
        onPointerEnter=${() => hover(said)} onPointerLeave=${() => hover("")} onClick=${() => hover(said)}><title>${said}</title></path>`;
    })}
    ${spots.map(({ place, x, y, dx, dy, anchor }) => html`<g key=${place.id} class="place ${place.kind} ${picked?.place === place.id ? "picked" : ""}">
      ${picked?.place === place.id && html`<circle class="chosen" cx=${x} cy=${y} r="13" />`}
      ${place.kind === "crossing" ? html`<path class="spot crossing" d="M${x} ${y - 6}l6 6l-6 6l-6 -6Z" />`
        : place.kind === "origin" ? html`<path class="spot" d="M${x - 4.5} ${y - 4.5}h9v9h-9Z" />`
        : html`<circle class="spot ${place.kind}" cx=${x} cy=${y} r="4.5" />`}
      ${anchor && html`<text class="note halo" x=${x + dx} y=${y + dy} text-anchor=${anchor}>${place.name}</text>`}
      <title>${[place.name, ...place.names].slice(0, 6).join(", ")}</title></g>`)}
    ${page.events.filter((/** @type {any} */ e) => where[e.place]).slice(-12).map((/** @type {any} */ e, /** @type {number} */ i) => html`<g key=${e.id} class="event-mark"
        onPointerEnter=${() => hover(eventWords(e))} onPointerLeave=${() => hover("")} onClick=${() => { hover(eventWords(e)); onChoose(""); }}>
      <text x=${where[e.place][0] - 16 - 8 * (i % 3)} y=${where[e.place][1] + 18}>!</text><title>${eventWords(e)}</title></g>`)}
  </svg><figcaption>
    <p class="hover" aria-live="polite">${told || " "}</p>
    <p>${t("map_note", { span })}</p>
    <${Legend} most=${most} width=${width} />
    ${shut.length > 0 && html`<ul class="shut-list">${[...new Set(shut.map((/** @type {any} */ r) => closedWords(events[r.closed_by])))].map((w) => html`<li key=${w}>${w}</li>`)}</ul>`}
    <p class="soft">${t("boundaries")}</p></figcaption></figure>`;
}

/** @param {any} page @param {string} id */
const name = (page, id) => page.places.find((/** @type {any} */ p) => p.id === id)?.name || id;
/** @param {any} e */
const closedWords = (e) => (e ? t("closed_by", { when: e.time_words, who: e.speakers || t("the_report") }) : t("closed"));
/** @param {any} e */
const eventWords = (e) => `${e.time_words}: ${e.kind.replaceAll("_", " ")}, ${e.place_name} (${e.speakers || t("the_report")})`;

/** @param {any} props */
function Legend({ most, width }) {
  return html`<ul class="legend">${[1, 0.3, 0.05].map((share) => html`<li key=${share}><svg class="swatch" viewBox="0 0 34 18" aria-hidden="true">
    <path class="route flow" stroke-width=${width(most * share)} d="M0 9H34" /></svg>${rounded(most * share, stepFor(most * share))} ${t("people")}</li>`)}
    <li>■ origin</li><li>◆ crossing</li><li>● reception</li><li>○ region, town</li></ul>`;
}
