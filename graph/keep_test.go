package graph_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kantong/graph"
	"kantong/internal/registry"
)

// TestAnswersOfAnotherMoment: programmes that were redefined before the gate heard of it may be in an answer, but not under the
// name of what was published before.
func TestAnswersOfAnotherMoment(t *testing.T) {
	f := newFixture(t)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, id := range []string{"older", "newer"} { // only the newest is opened before somebody asks
		f.published = append(f.published, registry.Release{ID: id, EnrolmentsAsOf: "2099-01-01", PublishedAt: &at})
	}
	if err := f.resolver.Gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	o, kept := quiet(), error(nil)
	o.Keep = func(_ http.ResponseWriter, r *http.Request, n graph.Named) error {
		_, _, kept = n.Make(r.Context())
		return kept
	}
	h := graph.NewHandler(f.resolver, o)
	ask := func(release string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(`{ edition(id: "`+registry.StateID(f.dataset.State.Edition.ID, release)+`") { dataVersion } }`), nil))
		return w.Body.String()
	}
	if ask("newer"); kept != nil {
		t.Fatalf("of its moment: %v", kept)
	}
	f.revision++
	var unkept *graph.Unkept
	if text := ask("older"); !errors.As(kept, &unkept) || !strings.Contains(text, `older 1"`) {
		t.Errorf("of another moment: %v, %s", kept, text)
	}
	if err := f.resolver.Gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ask("older"); kept != nil {
		t.Errorf("once the gate has heard of it: %v", kept)
	}
}
