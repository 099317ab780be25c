import { city } from "../state/city";
import { picture } from "../state/shown";
import { theme } from "../state/theme";
import { inView } from "../map/Map";
import { named, saveCsv, savePng, saveSvg } from "../output/download";
import { svgOf } from "../output/svg";
import { say } from "../words/words";
import { write, link } from "../state/link";
import { open } from "../state/dialog";
import { copied, copy } from "./copy";

/** The address of what is on screen, of this state also when a newer one is published. */
const address = () => new URL(write({ ...link.value, edition: city.value?.edition?.state ?? link.value.edition }), document.baseURI).href;

/** What can be done with what is on screen. */
export function Actions() {
  const shown = picture.value, box = inView.value, state = city.value?.edition?.state ?? "";
  const ready = shown !== null && box !== null;
  return (
    <div class="actions row" role="group" aria-label={say("download")}>
      <button type="button" disabled={!ready} onClick={() => void savePng(svgOf(shown!, box!, theme.value), named(shown!, state, "png"))}>PNG</button>
      <button type="button" disabled={!ready} onClick={() => saveSvg(svgOf(shown!, box!, theme.value), named(shown!, state, "svg"))}>SVG</button>
      <button type="button" disabled={!shown?.table.rows.length} onClick={() => saveCsv(shown!.table, named(shown!, state, "csv"))}>CSV</button>
      <button type="button" disabled={!ready} onClick={() => print()}>{say("print")}</button>
      <button type="button" onClick={() => void copy(address())}>{copied.value === address() ? say("copied") : say("copyLink")}</button>
      <button type="button" onClick={() => (open.value = "query")}>{say("showQuery")}</button>
    </div>
  );
}
