package server_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// Editions are that of the city and, where there is one, a former edition of the same contents.
func (s *versioned) Editions(ctx context.Context) ([]registry.Edition, error) {
	list, err := s.benchSource.Editions(ctx)
	if s.former != "" {
		e := list[0]
		e.ID, e.AsOf = s.former, "2025-06-30"
		list = append(list, e)
	}
	return list, err
}

func (s *versioned) versionOf(state registry.State) string {
	if s.former != "" && state.Edition.ID == s.former {
		return fmt.Sprint("former v", s.formerVersion.Load())
	}
	return fmt.Sprint("v", s.version.Load())
}

// TestMapsOfOtherStates: a map whose filter mentions another state is another map when that state's programmes are redefined, and
// the audit log names both states.
func TestMapsOfOtherStates(t *testing.T) {
	m := newMapServer(t)
	refresh := func() {
		t.Helper()
		if err := m.gate.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	m.source.former = "former"
	refresh()
	paths := map[string]string{
		"stayed":     "/tiles/kelurahan/11/1627/1036.mvt" + query("filter", `{"INSTATE": {"state": "former"}}`), // names in JSON are read in any case
		"came in":    "/areas.geojson" + query("filter", `{"not": {"inState": {"state": "former+2025-10"}}}`),
		"a share":    "/areas.geojson" + query("measure", `{"share": {"meeting": {"inState": {"state": "former"}}}}`),
		"everybody":  "/tiles/kelurahan/11/1627/1036.mvt",
		"an address": "/tiles/kelurahan.json" + query("filter", `{"inState": {"state": "former"}}`),
		"features":   "/ogc/collections/kelurahan/items" + query("filter", `{"inState": {"state": "former"}}`),
		"a feature":  fmt.Sprintf("/ogc/collections/kelurahan/items/%d", m.items(t, "", "/ogc/collections/kelurahan/items").Features[0].ID) + query("filter", `{"inState": {"state": "former"}}`),
		"a file":     "/export/areas.csv" + query("filter", `{"inState": {"state": "former"}}`),
		"a ranking":  "/export/priorities.csv" + query("input", `{"criteria": [{"measure": {"share": {"meeting": {"inState": {"state": "former"}}}}}]}`),
	}
	role := func(name string) string { // files of exact figures have no name: nobody keeps them
		if name == "a file" || name == "a ranking" {
			return ""
		}
		return "planner"
	}
	names := map[string]string{}
	for name, path := range paths {
		resp, text := m.get(t, role(name), path)
		if names[name] = resp.Header.Get("ETag"); resp.StatusCode != http.StatusOK || names[name] == "" {
			t.Errorf("%s: %d %s", name, resp.StatusCode, text)
		}
	}
	m.source.formerVersion.Add(1)
	refresh()
	for name, path := range paths {
		resp, _ := m.get(t, role(name), path)
		if same := resp.Header.Get("ETag") == names[name]; same != (name == "everybody") {
			t.Errorf("%s: the same name %v after the other state's programmes were redefined", name, same)
		}
	}
	m.get(t, "planner", paths["came in"])
	if last := m.books.entries[len(m.books.entries)-1]; strings.Join(last.States, " ") != "city-7+2025-10 former+2025-10" {
		t.Errorf("the log says %v", last.States)
	}
	for path, want := range map[string]int{
		"/areas.geojson" + query("filter", `{"inState": {"state": "1999"}}`):                                                                  http.StatusNotFound,
		"/tiles/kelurahan/11/1627/1036.mvt" + query("filter", `{"inState": {"state": "former", "filter": {"inState": {"state": "former"}}}}`): http.StatusBadRequest,
	} {
		if resp, text := m.get(t, "", path); resp.StatusCode != want || !strings.Contains(text, "inState") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, text)
		}
	}
	// A protected map of blocks does not tell who came.
	if resp, text := m.get(t, "partner", "/tiles/hex/11/1627/1036.mvt"+query("filter", `{"inState": {"state": "former"}}`)); resp.StatusCode != http.StatusForbidden {
		t.Errorf("hexagons: %d %s", resp.StatusCode, text)
	}
}
