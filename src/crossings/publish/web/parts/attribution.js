// Who says it, through whom, where it was published.
import { html } from "crossings/lib";
import { t } from "crossings/words";

/** Who says it, through whom, where it was published: names as their sources write them. @param {any} props */
export function Attribution({ row }) {
  const published = row.publisher && t("published_by", { name: row.publisher });
  return html`<bdi><span class="who">${row.speakers || t("the_report")}</span></bdi>${row.via && html`${t("comma")}<bdi>${t("via", { name: row.via })}</bdi>`}${published
    && html`${t("comma")}<bdi>${row.url ? html`<a href=${row.url} rel="noopener noreferrer nofollow" target="_blank">${published}</a>` : published}</bdi>`}`;
}
