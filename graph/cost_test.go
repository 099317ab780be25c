package graph_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"kantong/graph/generated"
	"kantong/internal/registry"
)

// TestAnswersAllocateLittle bounds what an answer allocates, from the request's body to the last byte, the engine included.
func TestAnswersAllocateLittle(t *testing.T) {
	if race {
		t.Skip("SKIPPED under the race detector, which allocates by itself; go test without -race measures it")
	}
	f := newFixture(t)
	h := f.handler(registry.Viewer{Role: registry.RolePlanner, Purpose: "a test"})
	for _, c := range []struct {
		answer        int // in answers
		objects, size uint64
	}{
		{0, 1200, 200 << 10},
		{1, 6000, 512 << 10},
		{2, 4500, 400 << 10},
	} {
		a := answers[c.answer]
		t.Run(a.name, func(t *testing.T) {
			body, err := json.Marshal(map[string]any{"query": a.query})
			if err != nil {
				t.Fatal(err)
			}
			ask := func() {
				r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				w := &thrownAway{header: http.Header{}}
				if h.ServeHTTP(w, r); w.bytes < 10_000 {
					t.Fatalf("an answer of %d bytes", w.bytes)
				}
			}
			objects, size := allocated(20, ask)
			t.Logf("%d allocations, %d bytes", objects, size)
			if objects > c.objects || size > c.size {
				t.Errorf("%d allocations and %d bytes, at most %d and %d", objects, size, c.objects, c.size)
			}
		})
	}
}

// allocated is what a call allocates, on whatever goroutine. Of several rounds the least counts: others may allocate meanwhile.
func allocated(times uint64, call func()) (objects, size uint64) {
	objects, size = 1<<63, 1<<63
	for range 5 {
		var before, after runtime.MemStats
		call() // fills pools and caches
		runtime.ReadMemStats(&before)
		for range times {
			call()
		}
		runtime.ReadMemStats(&after)
		objects, size = min(objects, (after.Mallocs-before.Mallocs)/times), min(size, (after.TotalAlloc-before.TotalAlloc)/times)
	}
	return objects, size
}

// thrownAway is a client that reads and forgets.
type thrownAway struct {
	header http.Header
	bytes  int
}

func (w *thrownAway) Header() http.Header { return w.header }
func (w *thrownAway) WriteHeader(int)     {}
func (w *thrownAway) Write(p []byte) (int, error) {
	w.bytes += len(p)
	return len(p), nil
}

// notPlain are the fields whose methods take a context or arguments, or whose resolution is gqlgen's: what each costs is paid for
// every row that shows it. "The answer" in ARCHITECTURE.md says what to know before adding to them.
const notPlain = `
AnsweredFor: coverage geometry
Area: ancestors boundary children coverage households indicators neighbours parent summary
Changes: deciles programs
Edition: availability presets
Household: area composition dwelling enrolments
MeasureDescription: label
Pocket: areaKm2 hull profile sameAs unreached
Program: cgh coverage incidence overlap
RankedArea: probabilityTop
Summary: multidimensional poverty programs
Viewer: figures
`

// TestPlainFieldsStayPlain fails when a field that was plain is no longer, and when one that rows are made of is new and isn't.
func TestPlainFieldsStayPlain(t *testing.T) {
	_, writes := generated.Fast(generated.NewExecutableSchema(generated.Config{}))
	var got strings.Builder
	for _, kind := range writes.Types() {
		var fields []string
		for _, f := range kind.Fields {
			if !f.Plain {
				fields = append(fields, f.Name)
			}
		}
		if len(fields) > 0 {
			slices.Sort(fields)
			fmt.Fprintf(&got, "\n%s: %s", kind.Name, strings.Join(fields, " "))
		}
	}
	if want := strings.TrimRight(notPlain, "\n"); got.String() != want {
		t.Errorf("fields that are not plain:%s\nshould be:%s", got.String(), want)
	}
}
