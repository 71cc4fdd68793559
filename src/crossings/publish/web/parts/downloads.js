// Take what is shown along: tables, drawings, links.
import { html, useState } from "crossings/lib";
import { exported, source } from "crossings/source";
import { t } from "crossings/words";

const FORMS = ["csv", "json", "netcdf", "hub", "hxl", "claims", "page"];
const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-family", "font-weight", "opacity", "text-anchor", "paint-order"];

/** The chart as it stands, its styles written into it, on the page's own paper. */
function chartText() {
  const svg = /** @type {any} */ (["fan", "fan-small"].map((id) => document.getElementById(id)).find((one) => one?.getBoundingClientRect().width));
  const copy = svg.cloneNode(true);
  const own = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((/** @type {any} */ element, /** @type {number} */ i) => {
    const style = getComputedStyle(own[i]);
    for (const key of STYLES) element.setAttribute(key, style.getPropertyValue(key));
  });
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [key, value] of Object.entries({ x: "-8", y: "-4", width: String(width + 16), height: String(height + 8), fill: getComputedStyle(document.body).backgroundColor })) paper.setAttribute(key, value);
  copy.prepend(paper);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `-8 -4 ${width + 16} ${height + 8}`);
  copy.setAttribute("width", String(width + 16));
  copy.setAttribute("height", String(height + 8));
  return { text: new XMLSerializer().serializeToString(copy), width: width + 16, height: height + 8 };
}

/** @param {Blob} content @param {string} name */
function save(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const PNG_SCALE = 2;

/** The chart as a picture for documents that take no drawings. @param {string} name */
async function savePicture(name) {
  const { text, width, height } = chartText();
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * PNG_SCALE, height: height * PNG_SCALE });
  /** @type {any} */ (canvas.getContext("2d")).drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((made) => made && save(made, name), "image/png");
}

/** A button that puts a text on the clipboard; where that is not allowed the text is shown to be taken. @param {any} props */
function Copy({ label, text }) {
  const [said, say] = useState("");
  const copy = () => (navigator.clipboard ? navigator.clipboard.writeText(text()) : Promise.reject(new Error())).then(() => say(t("copied")), () => say(text()));
  return html`<button type="button" onClick=${copy}>${label}</button> <span role="status" class="copied">${said}</span>`;
}

/** @param {any} props */
export function Downloads({ page }) {
  const frame = () => `<iframe src="${location.origin}/embed${location.search.replaceAll('"', "%22")}" width="100%" height="900" loading="lazy" title="${page.situation.title.replace(/["&<>]/g, " ")}"></iframe>`;
  return html`<section id="downloads"><h2>${t("downloads")}</h2><ul class="downloads">
    ${!exported && FORMS.map((form) => html`<li key=${form}><a href=${source.download(page.situation.id, page.id, form)} download>${t(`download_${form}`)}</a></li>`)}
    <li><button type="button" onClick=${() => save(new Blob([chartText().text], { type: "image/svg+xml" }), `${page.situation.id}.svg`)}>${t("download_svg")}</button></li>
    <li><button type="button" onClick=${() => savePicture(`${page.situation.id}.png`)}>${t("download_png")}</button></li>
    ${!exported && html`<li><${Copy} label=${t("copy_link")} text=${() => location.href} /></li><li><${Copy} label=${t("copy_frame")} text=${frame} /></li>`}</ul></section>`;
}
