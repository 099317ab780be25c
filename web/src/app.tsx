// The page: header, tabs and panel beside the map, the table below.
import { told } from "./api/live";
import { ended } from "./api/who";
import { Map } from "./map/Map";
import { Printed } from "./output/Printed";
import { Actions } from "./parts/Actions";
import { DataTable } from "./parts/DataTable";
import { Dialogs } from "./parts/dialogs";
import { Header } from "./parts/Header";
import { Legend } from "./parts/Legend";
import { Told } from "./parts/trouble";
import { city } from "./state/city";
import { go, link, mended, type ViewName } from "./state/link";
import { answer, busy, picture, trouble, tryAgain } from "./state/shown";
import { views } from "./views/views";
import { say, type Word } from "./words/words";

function Tabs() {
  const names = Object.keys(views) as ViewName[];
  const move = (e: KeyboardEvent) => {
    const at = names.indexOf(link.value.view), to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const next = names.at(to % names.length)!;
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
        {ended.value && <Told of={{ text: say("keyEnded"), way: "signIn" }} />}
        {mended.value && <p role="status" class="trouble">{mended.value}</p>}
        {trouble.value && <Told of={trouble.value} again={tryAgain} />}
        {!trouble.value && !picture.value && <p class="hint">{say("loading")}</p>}
        {Panel && shown?.view === link.value.view && !trouble.value && <Panel answer={shown.of} />}
        {!long && <DataTable />}
      </div>
    </div>
  );
}

export function App() {
  const e = city.value?.edition;
  return (
    <>
      <Header />
      <main>
        <Side />
        <div class="stage">
          <Map />
          <Legend />
          <Printed />
        </div>
        <Actions />
        {views[link.value.view].long && <div class="below"><DataTable /></div>}
      </main>
      <footer>
        <p>{e && `${say("source")}: ${e.source} · ${say("boundaries")}: ${e.boundaries}`}</p>
        <p><a href="graphiql/">GraphiQL</a> · <a href="plain/">{say("plain")}</a> · <a href="schema.graphql">schema.graphql</a></p>
      </footer>
      <p class="unseen" role="status">{!busy.value && picture.value?.title}</p>
      <p class="toast" role="status">{told.value && say("published")}</p>
      <Dialogs />
    </>
  );
}
