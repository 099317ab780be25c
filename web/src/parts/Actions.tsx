import { signal } from "@preact/signals";
import { city } from "../state/city";
import { picture } from "../state/shown";
import { theme } from "../state/theme";
import { inView } from "../map/Map";
import { named, saveCsv, savePng, saveSvg } from "../output/download";
import { svgOf } from "../output/svg";
import { say } from "../words/words";
import { open } from "./dialogs";

const copied = signal(false);

async function copyLink() {
  await navigator.clipboard.writeText(location.href);
  copied.value = true;
  setTimeout(() => (copied.value = false), 3000);
}

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
      <button type="button" onClick={copyLink}>{copied.value ? say("copied") : say("copyLink")}</button>
      <button type="button" onClick={() => (open.value = "query")}>{say("showQuery")}</button>
    </div>
  );
}
