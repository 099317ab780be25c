package attack

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// kelurahanOf lists the codes of the kelurahan.
func (c *city) kelurahan() (codes []string) {
	for _, i := range c.areas.Level(registry.LevelKelurahan) {
		codes = append(codes, string(c.areas.Area(i).Code))
	}
	return codes
}

// TestOneFigureThroughEveryDoor collects the same figures in many ways. The mean of any number of askings is then one asking.
func TestOneFigureThroughEveryDoor(t *testing.T) {
	t.Parallel()
	base := demoCity(6000, 1)
	w := setup{editions: []city{base, base, base, base}}.start(t)
	again := setup{editions: []city{base}}.start(t) // another server with the same secret
	other := setup{editions: []city{base}, secret: "another"}.start(t)
	codes := base.kelurahan()
	for _, key := range []string{partner, public} {
		c := w.client(t, key)
		seen := map[string]map[string]int{} // by figure, the values and how often
		note := func(figure, value string) {
			if seen[figure] == nil {
				seen[figure] = map[string]int{}
			}
			seen[figure][value]++
		}
		name := func(code string) string { return code + " wanted, decile 2" }
		for _, w := range []world{w, again} {
			c := w.client(t, key)
			for _, code := range codes {
				filter := both(at(code), isX(wanted), deciles(2, 2))
				repeated := make([]m, aliases)
				for i := range repeated {
					repeated[i] = filter
				}
				repeated[1] = m{"and": []m{at(code), isX(wanted), deciles(2, 2)}}
				repeated[2] = both(filter, m{"and": []m{deciles(1, 2), isX(wanted)}})
				repeated[3] = both(filter, m{"deprivedIn": []string{wanted, wanted}[:1]})
				for _, f := range c.counts(repeated...) {
					note(name(code), f.String())
				}
			}
		}
		for _, edition := range []string{"2025-q1", "2025-q2", "2025-q3", "2025-q4"} {
			old := c
			old.edition = edition
			for _, code := range codes {
				note(name(code), old.counts(both(at(code), isX(wanted), deciles(2, 2)))[0].String())
			}
		}
		type group struct {
			Key struct {
				Area        struct{ Code string }
				Decile      *struct{ Value *int }
				Deprivation *string
			}
			Summary summary
		}
		var doors struct{ ByFilter, Swapped, Measure, DecilesOf, Grouped []group }
		c.must(`query($two: HouseholdFilter, $water: HouseholdFilter, $both: HouseholdFilter) {
			byFilter: summaries(filter: $both, groupBy: [{area: KELURAHAN}]) { ...g }
			swapped: summaries(filter: $two, groupBy: [{attribute: DEPRIVATION}, {area: KELURAHAN}]) { ...g key { deprivation } }
			measure: summaries(filter: $two, groupBy: [{area: KELURAHAN}]) { ...g summary { deprivations { deprivation households { value status } } } }
			decilesOf: summaries(filter: $water, groupBy: [{area: KELURAHAN}]) { ...g summary { deciles { decile households { value status } } } }
			grouped: summaries(filter: $water, groupBy: [{attribute: DECILE}, {area: KELURAHAN}]) { ...g key { decile { value } } }
		} fragment g on SummaryGroup { key { area { code } } summary { households { value status } } }`,
			m{"two": deciles(2, 2), "water": isX(wanted), "both": both(deciles(2, 2), isX(wanted))}, &doors)
		for _, g := range doors.ByFilter {
			note(name(g.Key.Area.Code), g.Summary.Households.String())
		}
		for _, g := range doors.Swapped {
			if *g.Key.Deprivation == wanted {
				note(name(g.Key.Area.Code), g.Summary.Households.String())
			}
		}
		for _, g := range doors.Measure {
			for _, d := range g.Summary.Deprivations {
				if d.Deprivation == wanted {
					note(name(g.Key.Area.Code), d.Households.String())
				}
			}
		}
		for _, g := range doors.DecilesOf {
			note(name(g.Key.Area.Code), g.Summary.Deciles[2].Households.String())
		}
		for _, g := range doors.Grouped {
			if g.Key.Decile.Value != nil && *g.Key.Decile.Value == 2 {
				note(name(g.Key.Area.Code), g.Summary.Households.String())
			}
		}
		var list struct {
			Areas struct {
				Edges []struct {
					Node struct {
						Code     string
						Summary  summary
						Coverage struct{ Eligible, NotReached, EnrolledEligible figure }
					}
				}
			}
			Program struct {
				Coverage []struct {
					Area                                   struct{ Code string }
					Eligible, NotReached, EnrolledEligible figure
				}
			}
			Edition struct{ Households, People figure }
			Summary summary
		}
		c.must(`query($f: HouseholdFilter) {
			areas(filter: {level: KELURAHAN}, first: 200) { edges { node { code summary(filter: $f) { households { value status } } coverage(program: "PKH") { eligible { value status } notReached { value status } enrolledEligible { value status } } } } }
			program(code: "PKH") { coverage { area { code } eligible { value status } notReached { value status } enrolledEligible { value status } } }
			edition { households { value status } people { value status } }
			summary { households { value status } people { value status } }
		}`, m{"f": both(deciles(2, 2), isX(wanted))}, &list)
		asked, _ := json.Marshal(both(deciles(2, 2), isX(wanted)))
		for _, path := range []string{"/export/areas.geojson", "/ogc/collections/kelurahan/items", "/areas.geojson"} {
			a := c.do(http.MethodGet, path+"?filter="+url.QueryEscape(string(asked)), nil)
			var file map[string]json.RawMessage
			var features []struct {
				Properties struct {
					Code       string
					Households *int
					Status     string `json:"households_status"`
				}
			}
			if json.Unmarshal([]byte(a.raw), &file) != nil || json.Unmarshal(file["features"], &features) != nil || len(features) != len(codes) {
				t.Fatalf("%s: %d %.200s", path, a.status, a.raw)
			}
			for _, f := range features {
				note(name(f.Properties.Code), figure{Value: f.Properties.Households, Status: f.Properties.Status}.String())
			}
		}
		var filters []m
		for _, e := range list.Areas.Edges {
			n := e.Node
			note(name(n.Code), n.Summary.Households.String())
			note(n.Code+" eligible", n.Coverage.Eligible.String())
			note(n.Code+" not reached", n.Coverage.NotReached.String())
			note(n.Code+" reached", n.Coverage.EnrolledEligible.String())
			filters = append(filters, both(at(n.Code), m{"eligibleFor": "PKH"}), both(at(n.Code), m{"eligibleFor": "PKH"}, notInP("PKH")), both(at(n.Code), m{"eligibleFor": "PKH"}, inP("PKH")))
		}
		for _, n := range list.Program.Coverage {
			note(n.Area.Code+" eligible", n.Eligible.String())
			note(n.Area.Code+" not reached", n.NotReached.String())
			note(n.Area.Code+" reached", n.EnrolledEligible.String())
		}
		for i, f := range c.counts(filters...) {
			note(list.Areas.Edges[i/3].Node.Code+[]string{" eligible", " not reached", " reached"}[i%3], f.String())
		}
		note("households", list.Edition.Households.String())
		note("people", list.Edition.People.String())
		note("households", list.Summary.Households.String())
		note("people", list.Summary.People.String())
		for _, f := range c.counts(m{}, at("19.71"), m{"areas": codes}) {
			note("households", f.String())
		}
		query := `{ summary { households { value status } people { value status } } }`
		if get, post := c.do(http.MethodGet, "/graphql?query="+url.QueryEscape(query), nil), c.send(query, nil); get.raw != post.raw || get.status != http.StatusOK {
			t.Errorf("key %q: GET gives %s, POST %s", key, get.raw, post.raw)
		}
		shown := 0
		for figure, values := range seen {
			if len(values) != 1 {
				t.Errorf("key %q: %s is shown in %d ways: %v", key, figure, len(values), values)
			}
			for v := range values {
				if strings.Contains(v, "PERTURBED") {
					shown++
				}
			}
		}
		if shown < 40 {
			t.Errorf("key %q: only %d figures are shown: the test compares nothing", key, shown)
		}
		differ := 0
		for _, code := range codes {
			a, b := c.counts(at(code))[0], other.client(t, key).counts(at(code))[0]
			if a.known() && b.known() && *a.Value != *b.Value {
				differ++
			}
		}
		if differ < 20 {
			t.Errorf("key %q: another secret changes only %d figures", key, differ)
		}
	}
}

// TestSupersets asks for many unions that all contain a block: what they say of it is one number.
func TestSupersets(t *testing.T) {
	g := newGame(t, 1, 12)
	w := setup{editions: []city{g.base}, trees: g.frozen}.start(t)
	var leaves []int
	for i := range g.blocks {
		if g.blocks[i].leaf {
			leaves = append(leaves, i)
		}
	}
	compared := 0
	for _, target := range []int{leaves[0], leaves[1], leaves[len(leaves)/2]} {
		var filters []m
		var far []int
		for _, leaf := range leaves {
			if g.blocks[leaf].area != g.blocks[target].area {
				far = append(far, leaf)
			}
		}
		for size := 2; size <= 40; size += 2 {
			helpers := far[len(far)-size:]
			filters = append(filters, both(few(g.blocks, append(helpers[:size:size], target)...), isX(wanted)), both(few(g.blocks, helpers...), isX(wanted)))
		}
		said := map[int]int{}
		answers := w.client(t, partner).counts(filters...)
		for i := 0; i < len(answers); i += 2 {
			if answers[i].known() && answers[i+1].known() {
				said[*answers[i].Value-*answers[i+1].Value]++
				compared++
			}
		}
		if len(said) != 1 {
			t.Errorf("%d unions say %v of one block", len(filters)/2, said)
		}
	}
	if compared < 30 {
		t.Errorf("only %d unions were shown", compared)
	}
}

var shownFigure = regexp.MustCompile(`"(\w+)":\{"value":(null|-?\d+),"status":"(\w+)"`)

// TestNoSmallFigures reads every figure of large answers: none is exact, none is a
// zero, and no count of households is below the floor.
func TestNoSmallFigures(t *testing.T) {
	base := demoCity(6000, 1)
	w := setup{editions: []city{base}}.start(t)
	questions := []struct {
		query string
		roles []string
	}{
		{`{ summaries(groupBy: [{area: KELURAHAN}]) { summary { households { value status } people { value status } deciles { households { value status } people { value status } } } } }`, []string{partner, public}},
		{`{ summaries(groupBy: [{area: KELURAHAN}, {attribute: DECILE}]) { summary { deprivations { households { value status } } } } }`, []string{partner, public}},
		{`{ summaries(groupBy: [{area: KELURAHAN}, {attribute: HEAD_SEX}]) { summary { programs { households { value status } } } } }`, []string{partner, public}},
		{`{ summaries(groupBy: [{area: KECAMATAN}, {attribute: DECILE}, {attribute: HEAD_SEX}]) { summary { deprivations { households { value status } } } } }`, []string{partner}},
		{`{ summaries(groupBy: [{hex: M250}]) { summary { households { value status } deprivations { households { value status } } } } }`, []string{partner}},
		{`{ programs { coverage { eligible { value status } enrolledEligible { value status } notReached { value status } enrolledNotEligible { value status } } } }`, []string{partner, public}},
	}
	for _, q := range questions {
		for _, key := range q.roles {
			floor := map[string]int{partner: 5, public: 10}[key]
			a := w.client(t, key).send(q.query, nil)
			if len(a.Errors) > 0 {
				t.Fatal(a.Errors[0].Message)
			}
			figures, withheld := shownFigure.FindAllStringSubmatch(a.raw, -1), 0
			bad := map[string]int{}
			for _, f := range figures {
				value, err := strconv.Atoi(f[2])
				switch {
				case f[3] == "SUPPRESSED" && err != nil:
					withheld++
				case f[3] != "PERTURBED" || err != nil || value < 1 || value < floor && f[1] != "people":
					bad[f[0]]++
				}
			}
			for f, n := range bad {
				t.Errorf("key %q: %s, %d times in the answer to %s", key, f, n, q.query)
			}
			if len(figures) < 100 || withheld == 0 {
				t.Errorf("key %q: %d figures, %d of them withheld: the test reads nothing", key, len(figures), withheld)
			}
		}
	}
	// What nobody can be is an exact zero, and says nothing.
	for _, key := range []string{partner, public} {
		s := w.client(t, key).summaries("deciles { households { value status } }", deciles(1, 2))[0]
		if f := s.Deciles[5].Households; f.String() != "0 EXACT" {
			t.Errorf("decile 5 of those in 1 and 2: %v", f)
		}
	}
}

// refused are questions that PARTNER or PUBLIC are not answered, and some about what is not there.
var refused = []string{
	`{ households(first: 1) { totalCount edges { node { id } } } }`,
	`{ h: households(filter: {areas: ["19.71.01"]}, near: {longitude: 106.1, latitude: -2.1}) { edges { cursor distanceMeters } } }`,
	`{ area(code: "19.71.01") { households { totalCount edges { node { id } } } } }`,
	`{ summary(filter: {rt: "001"}) { households { value } } }`,
	`{ summary(filter: {rw: "001"}) { households { value } } }`,
	`{ summary(filter: {or: [{decile: {max: 1}}, {headSex: FEMALE}]}) { households { value } } }`,
	`{ summary(filter: {not: {headSex: FEMALE}}) { households { value } } }`,
	`{ summary(filter: {members: {min: 6, max: 6}}) { households { value } } }`,
	`{ summary(filter: {disabled: {min: 2}}) { households { value } } }`,
	`{ summary(filter: {deprivedIn: [UNSAFE_WATER, CROWDED]}) { households { value } } }`,
	`{ summary(filter: {areas: ["19.71.01.1001"], decile: {max: 1}, headSex: FEMALE, enrolledIn: ["PKH"]}) { households { value } } }`,
	`{ summary(filter: {areas: ["19.71.99"]}) { households { value } } }`,
	`{ summary(filter: {areas: ["19.71.01.1999"]}) { households { value } } }`,
	`{ summary(filter: {enrolledIn: ["SECRET"]}) { households { value } } }`,
	`{ summary { poverty(lineRupiah: 612345) { gap { value } } } }`,
	`{ summaries(groupBy: [{area: KELURAHAN}, {attribute: DECILE}, {attribute: HEAD_SEX}]) { summary { deprivations { households { value } } } } }`,
	`{ node(id: "Household:2025-q1:00000000000000000000000000000000") { id } }`,
	`{ household(id: "Household:2025-q1:00000000000000000000000000000000") { id } }`,
	`{ edition(id: "2099-q1") { id } }`,
	`{ area(code: "19.71.01.1999") { name } }`,
	`{ auditLog { edges { cursor } } keys { id } }`,
	`{ households(after: "AAAA") { edges { cursor } } }`,
}

// TestRefusalsTellNothing compares refusals of two cities that differ in one household, byte by byte.
func TestRefusalsTellNothing(t *testing.T) {
	base := demoCity(3000, 1)
	area := base.areas.Area(base.areas.Level(registry.LevelKelurahan)[0])
	one := base.with(house("one more", area.Code, area.Label[0], area.Label[1]))
	a, b := setup{editions: []city{base}}.start(t), setup{editions: []city{one}}.start(t)
	for _, key := range []string{partner, public} {
		for _, query := range refused {
			before, after := a.client(t, key).send(query, nil), b.client(t, key).send(query, nil)
			if before.raw != after.raw || before.status != after.status {
				t.Errorf("key %q: %s: the answers differ:\n%s\n%s", key, query, before.raw, after.raw)
			}
			answered := slices.ContainsFunc(slices.Collect(maps.Values(before.Data)), func(v json.RawMessage) bool { return string(v) != "null" })
			if len(before.Errors) == 0 && answered {
				t.Errorf("key %q: %s is answered: %.300s", key, query, before.raw)
			}
		}
	}
	if x, y := a.client(t, planner).send(refused[0], nil), b.client(t, planner).send(refused[0], nil); x.raw == y.raw {
		t.Error("a planner sees no difference: the test compares nothing")
	}
}

// TestRoles takes what a planner was given, and tries it with other keys.
func TestRoles(t *testing.T) {
	base := demoCity(3000, 1)
	w := setup{editions: []city{base}}.start(t)
	var page struct {
		Households struct {
			Edges []struct {
				Cursor string
				Node   struct{ ID string }
			}
		}
	}
	w.client(t, planner).must(`{ households(first: 3) { edges { cursor node { id } } } }`, nil, &page)
	id, cursor := page.Households.Edges[0].Node.ID, page.Households.Edges[1].Cursor
	exact := w.client(t, planner).counts(m{})[0].String()
	absent := id[:len(id)-4] + "0000"
	nothing := func(key, what string, a answer) {
		t.Helper()
		for _, secret := range []string{`"edges":[`, `"totalCount"`, `"location"`, `"members"`, `"decile":`, "EXACT"} {
			if strings.Contains(a.raw, secret) {
				t.Errorf("key %q: %s: the answer has %s: %.300s", key, what, secret, a.raw)
			}
		}
		if len(a.Errors) == 0 && !strings.Contains(a.raw, "null") {
			t.Errorf("key %q: %s: no refusal: %.300s", key, what, a.raw)
		}
	}
	for _, key := range []string{partner, public} {
		c := w.client(t, key)
		for what, query := range map[string]string{
			"a household":            `query($id: ID!) { household(id: $id) { members decile location } }`,
			"an alias":               `query($id: ID!) { summary: household(id: $id) { households: members } }`,
			"a node":                 `query($id: ID!) { node(id: $id) { id ... on Household { members decile location } } }`,
			"a fragment":             `query($id: ID!) { ...q } fragment q on Query { node(id: $id) { ...h } } fragment h on Household { decile enrolments { status } }`,
			"a page":                 `query($c: String) { households(after: $c, first: 1) { totalCount edges { node { decile } } } }`,
			"a page of an area":      `query($c: String) { area(code: "19.71.01") { households(after: $c, first: 1) { totalCount edges { node { decile } } } } }`,
			"a page behind a list":   `{ areas(first: 2) { edges { node { households { totalCount } } } } }`,
			"a page behind coverage": `{ program(code: "PKH") { coverage(first: 1) { area { households { totalCount } } } } }`,
		} {
			a := c.send(query, m{"id": id, "c": cursor})
			if what == "a page behind a list" {
				a.raw = strings.Replace(a.raw, `"edges":[`, "", 1)
			}
			nothing(key, what, a)
			other := c.send(query, m{"id": absent, "c": cursor})
			if strings.ReplaceAll(other.raw, absent, id) != strings.ReplaceAll(a.raw, absent, id) && what != "a page behind a list" {
				t.Errorf("key %q: %s: a household that is there is refused otherwise than one that is not:\n%s\n%s", key, what, a.raw, other.raw)
			}
		}
		// A planner's query under its hash is the text alone, not the answer.
		text := `{ summary { households { value status } } }`
		hash := fmt.Sprintf(`{"persistedQuery":{"version":1,"sha256Hash":%q}}`, sum(text))
		stored := w.client(t, planner).do(http.MethodPost, "/graphql", []byte(fmt.Sprintf(`{"query":%q,"extensions":%s}`, text, hash)))
		again := c.do(http.MethodPost, "/graphql", []byte(`{"extensions":`+hash+`}`))
		if !strings.Contains(stored.raw, "EXACT") || strings.Contains(again.raw, "EXACT") || !strings.Contains(again.raw, "PERTURBED") {
			t.Errorf("key %q: a planner's persisted query gives %s, and %s to the planner (%s)", key, again.raw, stored.raw, exact)
		}
		// Caches between must not hand on what another role was shown.
		for _, a := range []answer{again, stored, c.do(http.MethodGet, "/graphql?query="+url.QueryEscape(text), nil, "If-None-Match", stored.header.Get("ETag"))} {
			control, vary := a.header.Get("Cache-Control"), strings.Join(a.header.Values("Vary"), ", ")
			own := key != public || strings.Contains(a.raw, "EXACT")
			shared := !slices.Contains([]string{"private, no-store", "private, no-cache"}, control)
			if !strings.Contains(vary, "Authorization") || own && shared || strings.Contains(control, "max-age") || a.status == http.StatusNotModified {
				t.Errorf("key %q: %d, Cache-Control %q, Vary %q", key, a.status, control, vary)
			}
		}
	}
}

// TestBudget asks until the budget is spent.
func TestBudget(t *testing.T) {
	base := demoCity(3000, 1)
	w := setup{editions: []city{base, base}, budget: 100}.start(t)
	c := w.client(t, partner)
	var filters []m
	for _, code := range base.kelurahan() {
		for d := 1; d <= 10; d++ {
			filters = append(filters, both(at(code), deciles(d, d)))
		}
	}
	ask := func(c client, f m) answer {
		return c.send(`query($f: HouseholdFilter) { summary(filter: $f) { households { value status } } }`, m{"f": f})
	}
	answered := 0
	for _, f := range filters {
		a := ask(c, f)
		if len(a.Errors) == 0 {
			answered++
			continue
		}
		if e := a.Errors[0]; e.Extensions["code"] != "DISCLOSURE_LIMIT" || !strings.Contains(e.Message, "2025-11-01") {
			t.Fatalf("the budget is spent: %v %s", e.Extensions, e.Message)
		}
	}
	if answered != 100 {
		t.Errorf("%d figures are shown of a budget of 100", answered)
	}
	if a := ask(c, filters[0]); len(a.Errors) > 0 {
		t.Errorf("a figure that was shown costs again: %s", a.Errors[0].Message)
	}
	if a := ask(w.client(t, public), filters[200]); len(a.Errors) > 0 {
		t.Errorf("a partner's budget limits the public: %s", a.Errors[0].Message)
	}
	var left struct {
		Viewer struct{ Figures json.RawMessage }
	}
	c.must(`{ viewer { figures { perMonth left renewsAt } } }`, nil, &left)
	if want := `{"perMonth":100,"left":0,"renewsAt":"2025-11-01T00:00:00Z"}`; string(left.Viewer.Figures) != want {
		t.Errorf("what is left: %s, not %s", left.Viewer.Figures, want)
	}
	// A question that does not fit is refused as a whole, without saying how much of it is small.
	if a := c.send(`{ summaries(groupBy: [{area: KELURAHAN}, {attribute: HEAD_SEX}]) { summary { households { value status } } } }`, nil); len(a.Errors) == 0 || strings.Contains(a.raw, "PERTURBED") {
		t.Errorf("beyond the budget: %.300s", a.raw)
	}
}

// TestFiguresAreBlurred compares what is shown of every kelurahan and decile with the truth: one figure in a dozen is right by
// chance, of people one in sixty.
func TestFiguresAreBlurred(t *testing.T) {
	base := demoCity(6000, 1)
	w := setup{editions: []city{base}}.start(t)
	var filters []m
	for _, code := range base.kelurahan() {
		for d := 1; d <= 10; d++ {
			filters = append(filters, both(at(code), deciles(d, d)))
		}
	}
	for _, key := range []string{partner, public} {
		var shown, households, people float64
		for part := range slices.Chunk(filters, aliases) {
			const selection = "households { value status } people { value status }"
			truth, seen := w.client(t, planner).summaries(selection, part...), w.client(t, key).summaries(selection, part...)
			for i := range part {
				if !seen[i].Households.known() {
					continue
				}
				shown++
				if *seen[i].Households.Value == *truth[i].Households.Value {
					households++
				}
				if *seen[i].People.Value == *truth[i].People.Value {
					people++
				}
			}
		}
		if shown < 100 || households > shown/6 || people > shown/15 {
			t.Errorf("key %q: of %.0f cells shown %.0f counts of households and %.0f of people are exact", key, shown, households, people)
		}
	}
}

// TestComplements asks for those in a programme and those who are not: when one side is too small to be shown, the other is
// withheld as well, since everybody knows the whole.
func TestComplements(t *testing.T) {
	base := demoCity(6000, 1)
	w := setup{editions: []city{base}}.start(t)
	for _, key := range []string{partner, public} {
		var filters []m
		for _, code := range base.kelurahan() {
			for _, p := range base.programs {
				filters = append(filters, both(at(code), inP(p.Code)), both(at(code), notInP(p.Code)))
			}
		}
		withheld, answers := 0, w.client(t, key).counts(filters...)
		for i := 0; i < len(answers); i += 2 {
			if answers[i].known() != answers[i+1].known() {
				t.Errorf("key %q: %v: %v are in, %v are not", key, filters[i], answers[i], answers[i+1])
			}
			if !answers[i].known() {
				withheld++
			}
		}
		if withheld < 10 {
			t.Errorf("key %q: only %d pairs are withheld: the test proves nothing", key, withheld)
		}
	}
}
