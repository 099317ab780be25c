// The area that is chosen, beside the city: what its families are deprived of, and how much is known where.
import { useEffect } from "preact/hooks";
import { graphql } from "../made";
import type { AreaCardQuery } from "../made/graphql";
import { ask, isAbort, unask } from "../api/client";
import { owned } from "../api/who";
import { city, deprivationName, nameOf } from "../state/city";
import { go, link } from "../state/link";
import { percent, say } from "../words/words";
import { write } from "../state/figures";
import { sayWhy, Told, type Trouble } from "./trouble";

const AREA = graphql(`
  query AreaCard($code: AreaCode!, $edition: ID) {
    area(code: $code, edition: $edition) {
      areaKm2
      summary { households { value status } people { value status } geocoded { value status } deprivations { deprivation rate { value status } } }
    }
    summary(edition: $edition) { deprivations { rate { value status } } }
  }
`);

const card = owned<{ code: string; of: AreaCardQuery | Trouble } | null>(null);

export function AreaCard() {
  const code = link.value.area, { edition } = link.value, of = city.value;
  useEffect(() => {
    if (!code || !of) return;
    const controller = new AbortController();
    ask(AREA, { code, edition: edition || null }, "card", controller.signal).then(of => (card.value = { code, of }), e => { if (!isAbort(e)) card.value = { code, of: sayWhy(e) }; });
    return () => { controller.abort(); unask("card"); };
  }, [code, of]); // whoever asks now, and what was published, has another city
  const shown = card.value?.code === code ? card.value.of : null;
  if (!code || !shown) return null;
  if ("text" in shown) return <Told of={shown} />;
  const { area } = shown;
  if (!area?.summary) return null;
  const place = area.summary.geocoded.value;
  return (
    <section class="card" aria-label={nameOf(code)} aria-live="polite">
      <div class="row"><h2>{nameOf(code)}</h2><button type="button" onClick={() => go({ area: "" })} aria-label={say("close")}>×</button></div>
      <p class="hint">{write(area.summary.households, "count")} {say("families").toLowerCase()} · {write(area.summary.people, "count")} {say("people").toLowerCase()}{place != null && ` · ${say("withoutPlace").toLowerCase()} ${percent(1 - place)}`}</p>
      <table>
        <thead><tr><th scope="col">{say("deprivations")}</th><th scope="col">{say("area")}</th><th scope="col">{say("inCity")}</th></tr></thead>
        <tbody>
          {area.summary.deprivations.map((d, i) => (
            <tr key={d.deprivation}><th scope="row">{deprivationName(d.deprivation)}</th><td>{write(d.rate)}</td><td>{write(shown.summary!.deprivations[i]!.rate)}</td></tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
