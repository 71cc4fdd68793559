// The map: boundaries for orientation, routes open or shut, people expected on them, places, queues, events.
import { jump } from "crossings/address";
import { d3 } from "crossings/d3";
import { html, useMemo, useState } from "crossings/lib";
import "vendor/d3-geo";
import { day, eventTime, eventTitle, rounded, t } from "crossings/words";

const WIDE = { width: 660, height: 560, least: 380, side: 96, letter: 6.6 };
const NARROW = { width: 400, height: 430, least: 260, side: 60, letter: 6.4 };

/** @param {any} page @param {any} frame */
function fitted(page, frame) {
  const at = page.places.filter((/** @type {any} */ p) => p.lat !== null && p.lon !== null);
  if (!at.length) return null;
  const shape = { type: "MultiPoint", coordinates: at.map((/** @type {any} */ p) => [p.lon, p.lat]) };
  const projection = d3.geoMercator();
  const extent = (/** @type {number} */ height) => [[frame.side / 1.6, EDGE], [frame.width - frame.side, height - EDGE]];
  if (at.length === 1) {
    projection.center([at[0].lon, at[0].lat]).scale(20000).translate([frame.width / 2, frame.least / 2]);
    return { at, projection, height: frame.least };
  }
  // A map that is wider than high is not given the height of one that is not.
  const [[, north], [, south]] = d3.geoPath(projection.fitExtent(extent(frame.height), shape)).bounds(shape);
  const height = Math.max(frame.least, Math.min(frame.height, Math.round(south - north) + 2 * EDGE));
  projection.fitExtent(extent(height), shape);
  return { at, projection, height };
}

const EDGE = 44;

/** Where a name may stand beside its point: near first, then further off with a line that leads to it. */
const TRIES = /** @type {[number, number, string][]} */ ([[9, 4, "start"], [-9, 4, "end"], [0, -10, "middle"], [0, 18, "middle"], [10, -7, "start"], [10, 15, "start"], [-10, -7, "end"], [-10, 15, "end"],
  [30, -22, "start"], [30, 30, "start"], [-30, -22, "end"], [-30, 30, "end"], [34, 4, "start"], [-34, 4, "end"], [24, -46, "start"], [24, 52, "start"]]);

/** Names that find a place beside their point without lying on others. @param {any[]} spots @param {number[][]} badges @param {any} frame @param {number} height */
function labelled(spots, badges, frame, height) {
  /** @type {number[][]} */
  const taken = [...spots.map((s) => [s.x - 6, s.y - 6, s.x + 6, s.y + 6]), ...badges.map(([x, y]) => [x + BADGE[0] - 9, y + BADGE[1] - 9, x + BADGE[0] + 9, y + BADGE[1] + 9])];
  return spots.map((spot) => {
    const width = spot.place.name.length * frame.letter;
    for (const [dx, dy, anchor] of TRIES) {
      const left = anchor === "start" ? spot.x + dx : anchor === "end" ? spot.x + dx - width : spot.x - width / 2;
      const box = [left, spot.y + dy - 11, left + width, spot.y + dy + 4];
      const clear = taken.every((b) => box[2] < b[0] || box[0] > b[2] || box[3] < b[1] || box[1] > b[3]);
      if (clear && box[0] > 2 && box[2] < frame.width - 2 && box[1] > 2 && box[3] < height - 2) {
        taken.push(box);
        return { ...spot, dx, dy, anchor };
      }
    }
    return { ...spot, anchor: null };
  });
}

/** From the middle of a place to that of the mark of its events. */
const BADGE = [-12, 14];

const RANK = /** @type {Record<string, number>} */ ({ crossing: 0, reception: 1, camp: 1, origin: 2, town: 3, region: 4, marker: 5 });

/** Events of a place on the map: the last ones. */
const MOST_EVENTS = 12;

/** How near to each other places share one mark for their events, in units of the drawing. */
const NEAR = 20;

/** The events at places of the map, those of places near to each other together. @param {any} page @param {any} where */
function eventsOnMap(page, where) {
  const found = /** @type {{at: number[], places: string[], list: any[]}[]} */ ([]);
  for (const event of page.events) {
    const at = where[event.place];
    if (!at) continue;
    const group = found.find((one) => Math.hypot(one.at[0] - at[0], one.at[1] - at[1]) < NEAR);
    if (!group) found.push({ at, places: [event.place], list: [event] });
    else { group.list.push(event); if (!group.places.includes(event.place)) group.places.push(event.place); }
  }
  return found;
}

/** What the map draws of one day. @param {any} page @param {number} shownDay */
function traffic(page, shownDay) {
  const window = page.flows.find((/** @type {any} */ f) => f.to === shownDay) || page.flows[0];
  const level = page.forecast.levels.indexOf(0.5);
  const waiting = Object.entries(page.forecast.quantiles["waiting.stock"] || {}).filter(([place, table]) => place !== "all" && table[shownDay]?.[level] >= 1);
  return {
    window,
    people: Object.fromEntries((window?.people || []).map((/** @type {any} */ f) => [f.route, f])),
    most: d3.max(page.flows.flatMap((/** @type {any} */ f) => f.people.map((/** @type {any} */ p) => p.people))) || 1,
    waiting: waiting.map(([place, table]) => ({ place, people: table[shownDay][level] })),
  };
}

/** @param {any} props */
export function FlowMap({ page, later, borders, shownDay, chosen, narrow = false }) {
  const [told, tell] = useState("");
  const [opened, open] = useState("");
  const frame = narrow ? NARROW : WIDE;
  const fit = useMemo(() => fitted(page, frame), [page, narrow]);
  if (!fit) return null;
  const { at, projection, height } = fit;
  const path = d3.geoPath(projection);
  const where = Object.fromEntries(at.map((/** @type {any} */ p) => [p.id, projection([p.lon, p.lat])]));
  const { window, people, most, waiting } = traffic(page, shownDay);
  const width = d3.scaleSqrt([0, most], [0, narrow ? 10 : 15]);
  const happened = eventsOnMap(page, where);
  const spots = labelled(
    [...at].sort((a, b) => RANK[a.kind] - RANK[b.kind]).map((place) => ({ place, x: where[place.id][0], y: where[place.id][1] })),
    happened.map((group) => group.at), frame, height,
  );
  const lines = (borders?.lines || []).map((/** @type {any} */ l) => path({ type: "LineString", coordinates: l }));
  const picked = page.claims.concat(later || []).find((/** @type {any} */ c) => c.id === chosen);
  const span = window ? t("map_note_day", { day: day(page.forecast.times[window.to]) }) : "";
  const events = happened.find((group) => group.places[0] === opened)?.list || [];
  const drawn = page.routes.filter((/** @type {any} */ r) => where[r.from] && where[r.to]);
  return html`<figure class="map-figure"><svg class="map" viewBox="0 0 ${frame.width} ${height}" role="group" aria-label=${t("map")}>
    ${lines.map((/** @type {string} */ d, /** @type {number} */ i) => html`<path key=${i} class="border" d=${d} />`)}
    ${drawn.map((/** @type {any} */ r) => html`<${Route} key=${r.id} route=${r} page=${page} from=${where[r.from]} to=${where[r.to]} people=${people[r.id]?.people || 0} width=${width} tell=${tell} />`)}
    ${waiting.filter(({ place }) => where[place]).map(({ place, people: count }) => html`<circle key=${place} class="queue" cx=${where[place][0]} cy=${where[place][1]} r=${8 + 1.4 * width(Math.min(count, most))}
      onPointerEnter=${() => tell(queueWords(page, place, count))} onClick=${() => tell(queueWords(page, place, count))}><title>${queueWords(page, place, count)}</title></circle>`)}
    ${spots.map((spot) => html`<${Spot} key=${spot.place.id} spot=${spot} picked=${picked?.place === spot.place.id} />`)}
    ${happened.map(({ at: spot, places, list }) => html`<${Badge} key=${places[0]} at=${spot} count=${list.length} name=${places.map((id) => placeName(page, id)).join(", ")} opened=${opened === places[0]} press=${() => open(opened === places[0] ? "" : places[0])} />`)}
  </svg><figcaption>
    <p class="hover" aria-live="polite">${told}</p>
    ${events.length > 0 && html`<ul class="at-place">${events.slice(-MOST_EVENTS).map((/** @type {any} */ e) => html`<li key=${e.id}><a href="#events" onClick=${(/** @type {Event} */ click) => jump(`event-${e.id}`, click)}>${eventWords(e)}</a></li>`)}</ul>`}
    ${window && html`<p>${t("map_note", { span })}</p>`}
    <${Legend} most=${most} width=${width} waiting=${waiting.length > 0} events=${happened.length > 0} shut=${drawn.some((/** @type {any} */ r) => r.closed_by)} />
    <${Closed} page=${page} />
    <p class="soft">${t("boundaries")}</p>
    <${AsTable} page=${page} drawn=${drawn} people=${people} waiting=${waiting} /></figcaption></figure>`;
}

/** @param {any} props */
function Route({ route, page, from, to, people, width, tell }) {
  const d = `M${from.join(" ")}L${to.join(" ")}`;
  const words = routeWords(page, route, people);
  const style = route.closed_by ? "route shut" : people > 0 ? "route flow" : "route";
  return html`<g onPointerEnter=${() => tell(words)} onClick=${() => tell(words)}><path class=${style} stroke-width=${route.closed_by ? 2.6 : people > 0 ? Math.max(width(people), 1.2) : 1.1} d=${d} />
    <path class="grip" d=${d} /><title>${words}</title></g>`;
}

/** @param {any} props */
function Spot({ spot, picked }) {
  const { place, x, y, dx, dy, anchor } = spot;
  return html`<g class="place ${place.kind} ${picked ? "picked" : ""}">${picked && html`<circle class="chosen" cx=${x} cy=${y} r="13" />`}
    ${place.kind === "crossing" ? html`<path class="spot crossing" d="M${x} ${y - 6}l6 6l-6 6l-6 -6Z" />`
      : place.kind === "origin" ? html`<path class="spot" d="M${x - 4.5} ${y - 4.5}h9v9h-9Z" />`
      : html`<circle class="spot ${place.kind}" cx=${x} cy=${y} r="4.5" />`}
    ${anchor && Math.abs(dx) > 20 && html`<path class="leader" d="M${x} ${y}L${x + dx - Math.sign(dx) * 3} ${y + dy - 4}" />`}
    ${anchor && html`<text class="note halo" x=${x + dx} y=${y + dy} text-anchor=${anchor}>${place.name}</text>`}
    <title>${[place.name, ...place.names].slice(0, 6).join(", ")}</title></g>`;
}

/** How many events were reported at a place; opens their list. @param {any} props */
function Badge({ at, count, name, opened, press }) {
  const [x, y] = [at[0] + BADGE[0], at[1] + BADGE[1]];
  const key = (/** @type {KeyboardEvent} */ e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); press(); } };
  return html`<g class="badge ${opened ? "open" : ""}" role="button" tabindex="0" aria-expanded=${opened} aria-label=${t("events_at", { count, place: name })} onClick=${press} onKeyDown=${key}>
    <circle class="reach" cx=${x} cy=${y} r="14" /><circle cx=${x} cy=${y} r="8" />
    <text x=${x} y=${y + 4} text-anchor="middle">${count}</text></g>`;
}

/** What is shut, each way once. @param {any} props */
function Closed({ page }) {
  const events = Object.fromEntries(page.events.map((/** @type {any} */ e) => [e.id, e]));
  const shut = page.routes.filter((/** @type {any} */ r) => r.closed_by);
  const said = new Set(shut.map((/** @type {any} */ r) => closedWords(page, events[r.closed_by])));
  return said.size ? html`<ul class="shut-list">${[...said].map((words) => html`<li key=${words}>${words}</li>`)}</ul>` : null;
}

/** The map for whoever cannot see or point at it. @param {any} props */
function AsTable({ page, drawn, people, waiting }) {
  const queues = Object.fromEntries(waiting.map((/** @type {any} */ w) => [w.place, w.people]));
  const rows = drawn.filter((/** @type {any} */ r) => people[r.id] || r.closed_by);
  return html`<details class="as-table"><summary>${t("map_table")}</summary><div class="table" tabindex="0" role="region" aria-label=${t("map_table")}><table><thead><tr><th scope="col">${t("route")}</th>
      <th scope="col" class="n">${t("people")} (${t("median")})</th></tr></thead><tbody>${rows.map((/** @type {any} */ r) => html`<tr key=${r.id}><th scope="row" dir="auto">${placeName(page, r.from)} – ${placeName(page, r.to)}</th>
      <td class="n">${r.closed_by ? t("closed") : shownPeople(people[r.id].people)}</td></tr>`)}
      ${Object.entries(queues).map(([id, count]) => html`<tr key=${id}><th scope="row" dir="auto">${placeName(page, id)}: ${t("waiting")}</th><td class="n">${shownPeople(count)}</td></tr>`)}</tbody></table></div></details>`;
}

/** A median is not known to the last person. @param {number} people */
const shownPeople = (people) => rounded(people, 10 ** Math.max(0, Math.floor(Math.log10(Math.max(people, 1))) - 1));

/** @param {any} page @param {string} id */
const placeName = (page, id) => page.places.find((/** @type {any} */ p) => p.id === id)?.name || id;
/** @param {any} page @param {any} e */
const closedWords = (page, e) => (e ? `${e.place ? `${placeName(page, e.place)}: ` : ""}${t("closed_by", { when: eventTime(e), who: e.speakers || t("the_report") })}` : t("closed"));
/** @param {any} e */
const eventWords = (e) => `${eventTime(e)}: ${eventTitle(e)}, ${e.place_name} (${e.speakers || t("the_report")})`;
/** @param {any} page @param {string} id @param {number} people */
const queueWords = (page, id, people) => `${placeName(page, id)}: ${t("waiting_count", { people: shownPeople(people) })}`;

/** @param {any} page @param {any} route @param {number} people */
function routeWords(page, route, people) {
  const ends = `${placeName(page, route.from)} – ${placeName(page, route.to)}`;
  if (route.closed_by) return `${ends}: ${closedWords(page, page.events.find((/** @type {any} */ e) => e.id === route.closed_by))}`;
  return `${ends}: ${shownPeople(people)} ${t("people")} (${t("median")})`;
}

/** @param {any} props */
function Legend({ most, width, waiting, events, shut }) {
  const shares = most >= 100 ? [1, 0.3, 0.05] : most > 1 ? [1] : [];
  return html`<ul class="legend">${shares.map((share) => html`<li key=${share}><svg class="swatch" viewBox="0 0 34 18" aria-hidden="true">
    <path class="route flow" stroke-width=${width(most * share)} d="M0 9H34" /></svg>${shownPeople(most * share)} ${t("people")}</li>`)}
    ${shut && html`<li><span class="key shut"></span>${t("closed")}</li>`}
    <li>■ ${t("place_origin")}</li><li>◆ ${t("place_crossing")}</li><li>● ${t("place_reception")}</li><li>○ ${t("place_region")}</li>
    ${waiting && html`<li><span class="key queue-key"></span>${t("waiting")}</li>`}
    ${events && html`<li><span class="key badge-key">2</span>${t("events_here")}</li>`}</ul>`;
}
