// What lies below headline and chart: it comes last.
import { html, useCallback, useEffect, useState } from "crossings/lib";
import { Claims, Disagreements } from "crossings/parts/claims";
import { Downloads } from "crossings/parts/downloads";
import { FlowMap } from "crossings/parts/map";
import { Moved } from "crossings/parts/moved";
import { PlanFor, SmallMultiples } from "crossings/parts/planning";
import { HowGood } from "crossings/parts/record";
import { Review } from "crossings/parts/review";
import { WhatIf } from "crossings/parts/scenario";
import { Context, Events, Reading } from "crossings/parts/setting";
import { exported, source } from "crossings/source";
import { t } from "crossings/words";

/** Everything after the slider of days. @param {any} props */
export function Below({ page, later, shown, shownDay, update }) {
  const [borders, setBorders] = useState(null);
  const choose = useCallback((/** @type {string} */ id) => update({ claim: id }), []);
  useEffect(() => { source.borders(page.situation.id).then(setBorders, () => setBorders(null)); }, [page.situation.id]);
  const seen = { page, later, shownDay, chosen: shown.claim, onChoose: choose, borders };
  return html`<div class="side-by-side"><section id="map"><h2>${t("map")}</h2><div class="wide"><${FlowMap} ...${seen} /></div><div class="narrow"><${FlowMap} ...${seen} narrow /></div></section>
    <${PlanFor} page=${page} risk=${shown.risk} setRisk=${(/** @type {number} */ r) => update({ risk: r })} shownDay=${shownDay} /></div>
    <${SmallMultiples} page=${page} shownDay=${shownDay} />
    ${!exported && html`<${WhatIf} page=${page} what=${shown.what} update=${update} />`}
    <${Review} situation=${page.situation.id} />
    <${Moved} page=${page} onChoose=${choose} />
    <${Claims} page=${page} chosen=${shown.claim} onChoose=${choose} />
    <${Disagreements} page=${page} onChoose=${choose} />
    <${Events} page=${page} /><${Context} page=${page} /><${HowGood} page=${page} /><${Downloads} page=${page} /><${Reading} page=${page} />`;
}
