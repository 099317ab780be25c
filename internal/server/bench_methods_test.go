package server_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"testing"
	"testing/fstest"

	"kantong/graph"
	"kantong/internal/registry"
	"kantong/internal/server"
)

// methods are the questions of a planner, and the variables of one probe.
var methods = []struct {
	name, query string
	probe       func(*rand.Rand) map[string]any
}{
	{"Pockets", `query($f: HouseholdFilter, $r: Float) { pockets(filter: $f, radiusMeters: $r) { id households { value } people { value } areaKm2 hull center areas { area { code } households { value } } profile { deprivation share { value } lift } } }`, func(r *rand.Rand) map[string]any {
		return map[string]any{"f": map[string]any{"decile": map[string]any{"max": 2 + r.IntN(3)}}, "r": 120 + 60*r.Float64()}
	}},
	{"PocketsOfEverybody", `query($r: Float) { pockets(radiusMeters: $r) { id households { value } hull unreached(program: "PKH") { value } } }`, func(r *rand.Rand) map[string]any {
		return map[string]any{"r": 120 + 60*r.Float64()}
	}},
	{"HotspotsOf9999Permutations", `query($d: Deprivation!, $s: Int) { hotspots(measure: {deprivation: $d}, seed: $s, permutations: 9999) { global { moranI p } areas { area { code } value { value } z pAdjusted classification localMoran } } }`, func(r *rand.Rand) map[string]any {
		return map[string]any{"d": registry.Deprivation(r.IntN(registry.DeprivationCount)).String(), "s": r.IntN(1000)}
	}},
	{"HotspotsOfHexagons", `query($d: Deprivation!, $s: Int) { hotspots(measure: {deprivation: $d}, hex: M500, seed: $s, permutations: 9999) { areas { hex { id } value { value } z pAdjusted classification } } }`, func(r *rand.Rand) map[string]any {
		return map[string]any{"d": registry.Deprivation(r.IntN(registry.DeprivationCount)).String(), "s": r.IntN(1000)}
	}},
	{"PrioritiesBy5CriteriaWith1000Draws", `query($i: PriorityInput!) { priorities(input: $i) { ranked { rank rankLow rankHigh probabilityTop(k: 5) area { code } contributions { criterion weighted } } sensitivity { criterion rankCorrelation } } }`, func(r *rand.Rand) map[string]any {
		criteria := []any{}
		for _, d := range r.Perm(registry.DeprivationCount)[:4] {
			criteria = append(criteria, map[string]any{"measure": map[string]any{"deprivation": registry.Deprivation(d).String()}})
		}
		criteria = append(criteria, map[string]any{"measure": map[string]any{"share": map[string]any{"meeting": map[string]any{"decile": map[string]any{"max": 2 + r.IntN(3)}}}}})
		return map[string]any{"i": map[string]any{"criteria": criteria, "draws": 1000, "seed": r.IntN(1000)}}
	}},
	{"WhatIf", `query($e: HouseholdFilter!) { whatIf(program: "PKH", eligibility: $e, unitCostRupiah: 2400000) { eligible { value } cost newlyIn { value } droppedOut { value } byArea { area { code } newlyIn { value } } } }`, func(r *rand.Rand) map[string]any {
		return map[string]any{"e": map[string]any{"decile": map[string]any{"max": 2 + r.IntN(4)}, "members": map[string]any{"min": 2 + r.IntN(3)}}}
	}},
	{"MultidimensionalPerKelurahan", `query($i: MultidimensionalInput) { areas(filter: {level: KELURAHAN}, first: 200) { edges { node { code summary { multidimensional(input: $i) { headcountRatio { value } intensity { value } contributions { share { value } } } } } } } }`, func(r *rand.Rand) map[string]any {
		var of []string
		for _, d := range r.Perm(registry.DeprivationCount)[:6] {
			of = append(of, registry.Deprivation(d).String())
		}
		return map[string]any{"i": map[string]any{"indicators": of}}
	}},
}

// BenchmarkMethods asks the whole server over loopback HTTP for what planners ask, as a planner, with 32 varied probes.
// Run it with -cpu 1: then client and server share one core.
func BenchmarkMethods(b *testing.B) {
	sizes := []int{24_000}
	if os.Getenv("KANTONG_LARGE") != "" {
		sizes = append(sizes, 500_000)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("households=%d", n), func(b *testing.B) {
			s := httptest.NewServer(server.Handler(server.Config{Files: fstest.MapFS{}, Resolver: &graph.Resolver{Limits: graph.DefaultLimits(), Gate: bench(b, n)}, Ledger: openLedger{}, Log: slog.New(slog.DiscardHandler), Observer: observer()}))
			defer s.Close()
			for _, m := range methods {
				r := rand.New(rand.NewPCG(2, uint64(n)))
				bodies := make([][]byte, 32)
				for i := range bodies {
					bodies[i], _ = json.Marshal(map[string]any{"query": m.query, "variables": m.probe(r)})
				}
				b.Run(m.name, func(b *testing.B) { post(b, s.URL+"/graphql", bodies) })
			}
		})
	}
}
