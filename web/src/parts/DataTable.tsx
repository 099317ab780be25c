import { areas, pointed } from "../state/city";
import { go, link } from "../state/link";
import { picture } from "../state/shown";
import { number, say } from "../words/words";

/** The map as a table: for screen readers, keyboards and whoever wants the numbers. A row and its area point at each other. */
export function DataTable() {
  const shown = picture.value;
  if (!shown?.table.rows.length) return null;
  return (
    <section class="data" id="table" tabIndex={0} role="region" aria-label={say("table")}>
      <table>
        <caption>{shown.title}</caption>
        <thead><tr>{shown.table.columns.map(c => <th scope="col" key={c}>{c}</th>)}</tr></thead>
        <tbody>
          {shown.table.rows.map((r, i) => {
            const id = r.area ?? r.shape ?? "", [whole, ...cells] = r.cells, area = areas.value.get(id), name = area?.name ?? whole;
            return (
              <tr key={id || i} class={`${pointed.value !== "" && pointed.value === id ? "on" : ""} ${r.area && r.area === link.value.area ? "chosen" : ""}`}
                onPointerEnter={() => (pointed.value = id)} onPointerLeave={() => (pointed.value = "")}>
                <th scope="row">{r.area ? <button type="button" aria-pressed={r.area === link.value.area} onFocus={() => (pointed.value = id)} onBlur={() => (pointed.value = "")} onClick={() => go({ area: r.area === link.value.area ? "" : r.area! })}>{name}{area?.parent && area.parent.name !== area.name && <> <small>{area.parent.name}</small></>}</button> : name}</th>
                {cells.map((c, k) => <td key={k}>{typeof c === "number" ? number(c) : c ?? "–"}</td>)}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
