package server_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/fstest"

	"kantong/graph"
	"kantong/internal/registry"
	"kantong/internal/server"
	"kantong/internal/tiles"
)

// BenchmarkPocketTiles asks the whole server, without a network, for a tile of pockets as a planner: with a survey of its own,
// and with one that is kept.
func BenchmarkPocketTiles(b *testing.B) {
	sizes := []int{24_000}
	if os.Getenv("KANTONG_LARGE") != "" {
		sizes = append(sizes, 500_000)
	}
	for _, n := range sizes {
		gate := bench(b, n)
		v, err := gate.Now().View(b.Context(), registry.Viewer{Role: registry.RolePlanner}, "")
		if err != nil {
			b.Fatal(err)
		}
		t := tiles.At(v.Areas.Bound().Center(), 12)
		handler := server.Handler(server.Config{Files: fstest.MapFS{}, Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: gate}, Ledger: openLedger{}, Log: slog.New(slog.DiscardHandler), Observer: observer()})
		for name, radius := range map[string]func(i int) float64{"survey": func(i int) float64 { return 150 + float64(i)/1e6 }, "kept": func(int) float64 { return 149 }} {
			b.Run(fmt.Sprintf("households=%d/%s", n, name), func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					r := httptest.NewRequest(http.MethodGet, fmt.Sprintf("/tiles/pockets/%d/%d/%d.mvt?radiusMeters=%.9f", t.Z, t.X, t.Y, radius(i)), nil)
					r.Header.Set("Authorization", "Bearer kantong_bench")
					w := httptest.NewRecorder()
					if handler.ServeHTTP(w, r); w.Code != http.StatusOK {
						b.Fatalf("%d %s", w.Code, w.Body)
					}
				}
			})
		}
	}
}
