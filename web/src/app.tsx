// The page: header, tabs and panel beside the map, the table below.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { told } from "./api/live";
import { Map, inView } from "./map/Map";
import { svgOf } from "./output/svg";
import { Actions } from "./parts/Actions";
import { DataTable } from "./parts/DataTable";
import { Dialogs } from "./parts/dialogs";
import { Header } from "./parts/Header";
import { Legend } from "./parts/Legend";
import { city } from "./state/city";
import { go, link, type ViewName } from "./state/link";
import { answer, busy, picture, trouble } from "./state/shown";
import { views } from "./views/views";
import { say, type Word } from "./words/words";

/** What is printed in place of the map on screen, which printers can't draw. */
const printed = signal("");

function Tabs() {
  const names = Object.keys(views) as ViewName[];
  const move = (e: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step) return;
    const next = names[(names.indexOf(link.value.view) + step + names.length) % names.length]!;
    go({ view: next });
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div role="tablist" aria-label={say("views")} onKeyDown={move}>
      {names.map(name => (
        <button key={name} id={`tab-${name}`} role="tab" type="button" aria-selected={link.value.view === name} aria-controls="panel" tabIndex={link.value.view === name ? 0 : -1} onClick={() => go({ view: name })}>{say(`view_${name}` as Word)}</button>
      ))}
    </div>
  );
}

function Side() {
  const { Choices, Panel, long } = views[link.value.view], shown = answer.value;
  return (
    <div class="side">
      <Tabs />
      <div id="panel" role="tabpanel" aria-labelledby={`tab-${link.value.view}`} aria-busy={busy.value} tabIndex={0}>
        <div class="choices">{Choices && city.value && <Choices />}</div>
        {trouble.value && <p role="alert" class="trouble">{trouble.value}</p>}
        {!trouble.value && !picture.value && <p class="hint">{say("loading")}</p>}
        {Panel && shown?.view === link.value.view && !trouble.value && <Panel answer={shown.of} />}
        {!long && <DataTable />}
      </div>
    </div>
  );
}

export function App() {
  useEffect(() => {
    const draw = () => { if (picture.value && inView.value) printed.value = `data:image/svg+xml,${encodeURIComponent(svgOf(picture.value, inView.value, "light"))}`; };
    addEventListener("beforeprint", draw);
    return () => removeEventListener("beforeprint", draw);
  }, []);
  const e = city.value?.edition;
  return (
    <>
      <Header />
      <main>
        <Side />
        <div class="stage">
          <Map />
          <Legend />
          {printed.value && <img class="printed" src={printed.value} alt={picture.value?.title ?? ""} />}
        </div>
        <Actions />
        {views[link.value.view].long && <div class="below"><DataTable /></div>}
      </main>
      <footer>
        <p>{e && `${say("source")}: ${e.source} · ${say("boundaries")}: ${e.boundaries}`}</p>
        <p><a href="graphiql/">GraphiQL</a> · <a href="plain/">{say("plain")}</a> · <a href="schema.graphql">schema.graphql</a></p>
      </footer>
      <p class="toast" role="status">{told.value && say("published")}</p>
      <Dialogs />
    </>
  );
}
