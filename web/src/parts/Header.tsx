import { key, role, signOut } from "../api/who";
import { open } from "../state/dialog";
import { city } from "../state/city";
import { go, link } from "../state/link";
import { day, say, type Word } from "../words/words";

/** Which edition, in which words and light, and as whom. */
export function Header() {
  const edition = city.value?.edition, states = city.value?.editions.edges ?? [];
  const who = role.value && [role.value.organisation, say(role.value.role as Word)].filter(Boolean).join(", ");
  const pick = (name: "language" | "theme" | "edition", label: Word, options: [string, string][]) => (
    <label><span>{say(label)}</span>
      <select name={name} value={link.value[name]} onChange={e => go({ [name]: e.currentTarget.value })}>{options.map(([value, text]) => <option key={value} value={value}>{text}</option>)}</select></label>
  );
  return (
    <header>
      <a class="skip" href="#table" onClick={e => { e.preventDefault(); document.getElementById("table")?.focus(); }}>{say("skip")}</a>
      <div>
        <h1>kantong <span>{city.value?.top.edges[0]?.node.name ?? ""}</span></h1>
        {edition && <p>{edition.label} · {edition.state} · {say("asOf")} {day(edition.enrolmentsAsOf ?? edition.asOf)}</p>}
        {(edition?.synthetic || edition?.schematic) && <p class="banner">{[edition.synthetic && say("synthetic"), edition.schematic && say("schematic")].filter(Boolean).join(" · ")}</p>}
      </div>
      <div class="row options">
        {pick("edition", "edition", [["", say("newest")], ...states.map(e => [e.node.state, `${day(e.node.enrolmentsAsOf ?? e.node.asOf)} (${e.node.state})`] as [string, string])])}
        {pick("language", "language", [["ID", "Indonesia"], ["EN", "English"]])}
        {pick("theme", "theme", [["system", say("system")], ["light", say("light")], ["dark", say("dark")]])}
        {key.value
          ? <button type="button" onClick={signOut} title={`${say("signedIn")} ${who}`}>{say("signOut")} <small>{who}</small></button>
          : <button type="button" onClick={() => (open.value = "signIn")}>{say("signIn")}</button>}
      </div>
    </header>
  );
}
