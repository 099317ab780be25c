import { fillOf, inks } from "../map/fills";
import type { Entry } from "../map/picture";
import { familyTiles } from "../views/program";
import { picture } from "../state/shown";
import { theme } from "../state/theme";
import { say } from "../words/words";

/** A swatch of a fill, drawn as the map draws it. */
function Swatch({ fill, outline }: { fill: string; outline?: Entry["outline"] }) {
  const { colour, pattern } = fillOf(fill, theme.value), line = inks[theme.value].line;
  return (
    <svg class="swatch" width="26" height="16" aria-hidden="true">
      {outline ? <rect x="2" y="2" width="22" height="12" fill="none" stroke={colour} stroke-width="2" {...(outline === "dashed" && { "stroke-dasharray": "5 3" })} /> : <rect width="26" height="16" fill={colour} stroke={line} />}
      {pattern === "hatch" && <path d="M-2 10 10-2M-2 18 18-2M6 18 26-2M14 18 28 4" stroke={line} stroke-width="2" />}
      {pattern === "grid" && <path d="M0 4H26M0 11H26M5 0V16M12 0V16M19 0V16" stroke={line} stroke-width="1" />}
      {pattern === "dots" && [4, 10, 16, 22].map((x, i) => <circle key={x} cx={x} cy={i % 2 ? 11 : 5} r="1.6" fill={line} />)}
    </svg>
  );
}

/** Notes of fewer letters are open; longer ones would hide the map. */
const SHORT = 200;

/** The legend: every fill that the map has, and how many areas have it. */
export function Legend() {
  const shown = picture.value;
  if (!shown || !shown.legend.length && !shown.notes.length) return null;
  return (
    <aside class="legend" aria-label={say("legend")}>
      <h2>{shown.title}</h2>
      <ul>{shown.legend.map(e => <li key={e.fill + e.label} class={e.count === 0 ? "none" : ""}><Swatch fill={e.fill} outline={e.outline} /> {e.label}{e.count !== undefined && <small> ({e.count})</small>}</li>)}
        {familyTiles() && <li><svg class="swatch" width="26" height="16" aria-hidden="true"><circle cx="13" cy="8" r="5" fill={fillOf("family", theme.value).colour} stroke={inks[theme.value].ground} /></svg> {say("unreachedFamilies")}</li>}
      </ul>
      {familyTiles() && <p class="hint">{say("notInFiles")}</p>}
      {shown.notes.length > 0 && (
        <details open={shown.notes.join().length < SHORT}>
          <summary>{say("notes")}</summary>
          {shown.notes.map(n => <p class="hint" key={n}>{n}</p>)}
        </details>
      )}
    </aside>
  );
}
