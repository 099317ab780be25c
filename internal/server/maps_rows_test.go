package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/tiles"
)

// over are the tiles of a zoom that the city touches.
func (m *mapServer) over(zoom int) (list []tiles.Tile) {
	b := m.source.dataset.Areas.Bound()
	first, last := tiles.At(orb.Point{b.Min[0], b.Max[1]}, zoom), tiles.At(orb.Point{b.Max[0], b.Min[1]}, zoom)
	for x := first.X; x <= last.X; x++ {
		for y := first.Y; y <= last.Y; y++ {
			list = append(list, tiles.Tile{Z: zoom, X: x, Y: y})
		}
	}
	return list
}

func addressOf(layer string, t tiles.Tile) string {
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", layer, t.Z, t.X, t.Y)
}

// TestWhoSeesRows: every role at both layers, with and without a purpose, in GraphQL's words.
func TestWhoSeesRows(t *testing.T) {
	m := newMapServer(t)
	mine, others := query("filter", `{"areas": ["19.71.01"]}`), query("filter", `{"areas": ["19.71.02"]}`)
	households := "/tiles/households/11/1627/1036.mvt"
	for _, c := range []struct {
		key, path, purpose string
		status             int
		code, field        string
	}{
		{"", households, "a test", 401, "UNAUTHENTICATED", ""},
		{"partner", households, "a test", 403, "FORBIDDEN", ""},
		{"auditor", households, "a test", 403, "FORBIDDEN", ""},
		{"planner", households, "", 400, "BAD_USER_INPUT", "Kantong-Purpose"},
		{"admin", households, "", 400, "BAD_USER_INPUT", "Kantong-Purpose"},
		{"planner", households, "x", 400, "BAD_USER_INPUT", "Kantong-Purpose"},
		{"planner", households, "a test", 200, "", ""},
		{"admin", households, "a test", 200, "", ""},
		{"scoped", households, "a test", 403, "FORBIDDEN", "filter.areas"},
		{"scoped", households + others, "a test", 403, "FORBIDDEN", "filter.areas"},
		{"scoped", households + mine, "a test", 200, "", ""},
		{"scoped", households + mine, "", 400, "BAD_USER_INPUT", "Kantong-Purpose"},
		{"planner", addressOf("households", m.over(10)[0]), "a test", 400, "BAD_USER_INPUT", "z"},
		{"planner", "/tiles/households/11/9999/1.mvt", "a test", 404, "NOT_FOUND", "z"},
		{"planner", "/tiles/households/11/1/1.mvt", "a test", 204, "", ""},
		{"planner", households + query("measure", `{"deprivation": "CROWDED"}`), "a test", 400, "BAD_USER_INPUT", "measure"},
		{"planner", households + query("radiusMeters", "100"), "a test", 400, "BAD_USER_INPUT", "radiusMeters"},
		{"planner", households + query("filter", `{"areas": ["99"]}`), "a test", 404, "NOT_FOUND", "filter.areas[0]"},
		{"", "/tiles/households.json", "", 401, "UNAUTHENTICATED", ""},
		{"partner", "/tiles/households.json", "", 403, "FORBIDDEN", ""},
		{"auditor", "/tiles/households.json", "", 403, "FORBIDDEN", ""},
		{"planner", "/tiles/households.json", "", 200, "", ""},
		{"scoped", "/tiles/households.json", "", 200, "", ""},
		{"admin", "/tiles/households.json", "", 200, "", ""},
		{"", "/tiles/pockets/9/406/259.mvt", "", 200, "", ""},
		{"partner", "/tiles/pockets/9/406/259.mvt", "", 200, "", ""},
		{"auditor", "/tiles/pockets/9/406/259.mvt", "", 200, "", ""},
		{"planner", "/tiles/pockets/9/406/259.mvt", "", 200, "", ""},
		{"admin", "/tiles/pockets/9/406/259.mvt", "", 200, "", ""},
		{"scoped", "/tiles/pockets/9/406/259.mvt", "", 403, "FORBIDDEN", "filter.areas"},
		{"scoped", "/tiles/pockets/9/406/259.mvt" + mine, "", 200, "", ""},
		{"", "/tiles/pockets.json", "", 200, "", ""},
		{"", "/tiles/pockets/9/1/1.mvt", "", 204, "", ""},
		{"", "/tiles/pockets/17/1/1.mvt", "", 404, "NOT_FOUND", "z"},
		{"planner", "/tiles/pockets/9/406/259.mvt?minHouseholds=4", "", 400, "BAD_USER_INPUT", "Kantong-Purpose"},
		{"planner", "/tiles/pockets/9/406/259.mvt?minHouseholds=4", "a test", 200, "", ""},
		{"", "/tiles/pockets/9/406/259.mvt" + query("filter", `{"or": [{"headSex": "MALE"}, {"geocoded": true}]}`), "", 403, "DISCLOSURE_LIMIT", "filter.or"},
	} {
		var header []string
		if c.purpose != "" {
			header = []string{"Kantong-Purpose", c.purpose}
		}
		if strings.Contains(c.path, "/pockets/") && !strings.Contains(c.path, "minHouseholds") { // the city is small
			sign := "?"
			if strings.Contains(c.path, "?") {
				sign = "&"
			}
			c.path += sign + "radiusMeters=2500&minHouseholds=10"
		}
		resp, text := m.get(t, c.key, c.path, header...)
		if resp.StatusCode != c.status {
			t.Errorf("%q, %s: %d %.300s", c.key, c.path, resp.StatusCode, text)
			continue
		}
		if c.code != "" {
			if code, field := refusal(t, text); code != c.code || field != c.field {
				t.Errorf("%q, %s: %s", c.key, c.path, text)
			}
		}
		if last := m.books.entries[len(m.books.entries)-1]; c.key != "" && (string(last.Outcome) != c.code || last.Outcome != "" && last.Rows > 0 || last.Organisation != c.key) {
			t.Errorf("%q, %s is written down as %+v", c.key, c.path, last)
		}
		if strings.HasPrefix(c.path, "/tiles/households/") && c.status < 300 {
			if again, _ := m.get(t, c.key, c.path, "Kantong-Purpose", c.purpose, "If-None-Match", "*"); resp.Header.Get("ETag") != "" || resp.Header.Get("Cache-Control") != "private, no-store" || again.StatusCode != c.status {
				t.Errorf("%q, %s may be kept: %v, asked again %d", c.key, c.path, resp.Header, again.StatusCode)
			}
			shown := attributesOf(t, text)
			if last := m.books.entries[len(m.books.entries)-1]; last.Rows != int64(len(shown)) || last.Purpose != c.purpose {
				t.Errorf("%q, %s shows %d households and is written down as %+v", c.key, c.path, len(shown), last)
			}
			for _, h := range shown {
				if c.key == "scoped" && !strings.HasPrefix(h["area"].(string), ownArea) {
					t.Errorf("a key of %s is shown %v", ownArea, h)
				}
			}
		}
	}
	for key, path := range map[string]string{"": households, "partner": households, "auditor": households} {
		_, ours := m.get(t, key, path)
		theirs := m.post(t, key, `{"query": "{ households { edges { node { id } } } }"}`)
		if message(t, ours) != message(t, theirs) {
			t.Errorf("%q is refused with %s, by GraphQL with %s", key, ours, theirs)
		}
	}
}

func message(t *testing.T, text string) string {
	t.Helper()
	var a struct{ Errors []struct{ Message string } }
	if err := json.Unmarshal([]byte(text), &a); err != nil || len(a.Errors) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	return a.Errors[0].Message
}

// TestPocketParameters have the bounds and the words of GraphQL, and TileJSON refuses what every tile would.
func TestPocketParameters(t *testing.T) {
	m := newMapServer(t)
	for parameters, argument := range map[string]string{"radiusMeters=0": "radiusMeters: 0", "radiusMeters=10001": "radiusMeters: 10001", "radiusMeters=-3": "radiusMeters: -3", "minHouseholds=0": "minHouseholds: 0", "minHouseholds=1000001": "minHouseholds: 1000001",
		"radiusMeters=wide": "", "radiusMeters=NaN": "", "minHouseholds=7.5": "", "measure=%7B%22deprivation%22%3A%22CROWDED%22%7D": "", "hex=M500": "", "minhouseholds=7": ""} {
		name, _, _ := strings.Cut(parameters, "=")
		for _, path := range []string{"/tiles/pockets.json?", "/tiles/pockets/9/406/259.mvt?"} {
			resp, text := m.get(t, "", path+parameters)
			if _, field := refusal(t, text); resp.StatusCode != 400 || field != name {
				t.Errorf("%s%s: %d %s", path, parameters, resp.StatusCode, text)
			}
			if argument == "" {
				continue
			}
			if theirs := m.post(t, "", `{"query": "{ pockets(`+argument+`) { id } }"}`); message(t, theirs) != message(t, text) {
				t.Errorf("%s: %s, GraphQL says %s", parameters, text, theirs)
			}
		}
	}
}

// TestHouseholdTilesAgreeWithGraphQL: a tile shows the households that GraphQL lists for its box and filter, and what it says
// of them.
func TestHouseholdTilesAgreeWithGraphQL(t *testing.T) {
	m := newMapServer(t)
	r, shown := rand.New(rand.NewPCG(5, 6)), 0
	filters := []string{`{}`, `{"decile": {"max": 4}}`, `{"deprivedIn": ["CROWDED", "UNSERVED"]}`, `{"areas": ["19.71.01", "19.71.02.1001"], "headSex": "FEMALE"}`, `{"enrolledIn": ["PKH"]}`, `{"members": {"min": 4}, "not": {"decile": {"min": 1}}}`}
	for range 60 {
		list := m.over(11 + r.IntN(4))
		tile, filter := list[r.IntN(len(list))], filters[r.IntN(len(filters))]
		b := tile.Bound()
		box := fmt.Sprintf(`{"and": [%s, {"where": {"bbox": {"west": %.17g, "south": %.17g, "east": %.17g, "north": %.17g}}}]}`, filter, b.Min[0], b.Min[1], b.Max[0], b.Max[1])
		want := map[string]map[string]any{}
		for after := "null"; after != ""; {
			var a struct {
				Data struct {
					Households struct {
						Edges []struct {
							Node struct {
								ID              string
								Decile, Members *int64
								Area            struct{ Code string }
								Deprivations    []string
							}
						}
						PageInfo struct {
							HasNextPage bool
							EndCursor   string
						}
					}
				}
			}
			text := m.post(t, "planner", fmt.Sprintf(`{"query": "query($f: HouseholdFilter, $a: String) { households(filter: $f, first: 200, after: $a) { edges { node { id decile members area { code } deprivations } } pageInfo { hasNextPage endCursor } } }", "variables": {"f": %s, "a": %s}}`, box, after), "Kantong-Purpose", "a test")
			if err := json.Unmarshal([]byte(text), &a); err != nil || strings.Contains(text[:min(len(text), 20)], "errors") {
				t.Fatalf("%v: %.400s", err, text)
			}
			for _, e := range a.Data.Households.Edges {
				one := map[string]any{"id": e.Node.ID, "area": e.Node.Area.Code, "deprivations": int64(len(e.Node.Deprivations))}
				for name, n := range map[string]*int64{"decile": e.Node.Decile, "members": e.Node.Members} {
					if n != nil {
						one[name] = *n
					}
				}
				want[e.Node.ID] = one
			}
			if after = ""; a.Data.Households.PageInfo.HasNextPage {
				after = `"` + a.Data.Households.PageInfo.EndCursor + `"`
			}
		}
		resp, text := m.get(t, "planner", addressOf("households", tile)+query("filter", filter), "Kantong-Purpose", "a test")
		got := map[string]map[string]any{}
		for _, h := range attributesOf(t, text) {
			got[h["id"].(string)] = h
		}
		if !maps.EqualFunc(got, want, func(a, b map[string]any) bool { return maps.Equal(a, b) }) {
			t.Errorf("%+v, %s: %d, %d households, GraphQL lists %d", tile, filter, resp.StatusCode, len(got), len(want))
		}
		shown += len(got)
	}
	if shown < 300 {
		t.Errorf("only %d households were shown", shown)
	}
}

// TestPocketTilesAgreeWithGraphQL: all tiles of a zoom show the pockets of GraphQL with their figures, as every role.
func TestPocketTilesAgreeWithGraphQL(t *testing.T) {
	m := newMapServer(t)
	for _, key := range []string{"", "partner", "auditor", "planner", "admin"} {
		shown := 0
		for _, c := range []struct {
			filter string
			radius float64
			least  int
		}{{`{}`, 2500, 10}, {`{"decile": {"max": 5}}`, 3000, 7}, {`{"areas": ["19.71.01"]}`, 2000, 5}} {
			var a struct {
				Data struct {
					Pockets []struct {
						ID, Unit           string
						Households, People struct {
							Value  *int64
							Status string
						}
						AreaKm2 *float64
					}
				}
			}
			text := m.post(t, key, fmt.Sprintf(`{"query": "query($f: HouseholdFilter) { pockets(filter: $f, radiusMeters: %g, minHouseholds: %d, first: 200) { id unit areaKm2 households { value status } people { value status } } }", "variables": {"f": %s}}`, c.radius, c.least, c.filter))
			if err := json.Unmarshal([]byte(text), &a); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			want := map[string]map[string]any{}
			for i, p := range a.Data.Pockets {
				one := map[string]any{"id": p.ID, "unit": p.Unit, "rank": int64(i + 1), "households_status": p.Households.Status, "people_status": p.People.Status}
				for name, n := range map[string]*int64{"households": p.Households.Value, "people": p.People.Value} {
					if n != nil {
						one[name] = *n
					}
				}
				if p.AreaKm2 != nil {
					one["area_km2"] = *p.AreaKm2
				}
				want[p.ID] = one
			}
			got := map[string]map[string]any{}
			for _, tile := range m.over(11) {
				_, text := m.get(t, key, addressOf("pockets", tile)+query("filter", c.filter, "radiusMeters", fmt.Sprint(c.radius), "minHouseholds", fmt.Sprint(c.least)))
				for _, p := range attributesOf(t, text) {
					got[p["id"].(string)] = p
				}
			}
			if !maps.EqualFunc(got, want, func(a, b map[string]any) bool { return maps.Equal(a, b) }) {
				t.Errorf("%q, %+v: %v, GraphQL says %v", key, c, got, want)
			}
			shown += len(got)
		}
		if shown < 3 {
			t.Errorf("%q: %d pockets", key, shown)
		}
	}
}
