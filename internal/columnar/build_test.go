package columnar

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// TestMemory holds the engine to its promise: 48 bytes a household besides what finds it by id.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 100 000 households")
	}
	const n = 100_000
	e := newBigCity(t, n, 100).build(t)
	byID := sizeOf(e.ids) + sizeOf(e.rank) + sizeOf(e.slots)
	if each := float64(e.MemoryBytes()-byID) / n; each > 48 {
		t.Errorf("%.1f bytes a household, want at most 48", each)
	} else {
		t.Logf("%.1f bytes a household and %.1f for ids", each, float64(byID)/n)
	}
	if e.expenditure != nil {
		t.Error("a column of expenditures that nobody has")
	}
}

func TestBuildRefuses(t *testing.T) {
	tests := []struct {
		name    string
		change  func(h []registry.Record, e []registry.Enrolment, d *registry.Dataset)
		message string
	}{
		{"an unknown area", func(h []registry.Record, _ []registry.Enrolment, _ *registry.Dataset) { h[5].Area = "19.71.01.1999" }, "19.71.01.1999"},
		{"an area that is no kelurahan", func(h []registry.Record, _ []registry.Enrolment, _ *registry.Dataset) { h[5].Area = "19.71.01" }, "no kelurahan"},
		{"a household twice", func(h []registry.Record, _ []registry.Enrolment, _ *registry.Dataset) { h[6] = h[5] }, "each once"},
		{"households out of order", func(h []registry.Record, _ []registry.Enrolment, _ *registry.Dataset) { h[5], h[6] = h[6], h[5] }, "by id"},
		{"too many members", func(h []registry.Record, _ []registry.Enrolment, _ *registry.Dataset) { h[5].Members = 201 }, "members"},
		{"a decile of 11", func(h []registry.Record, _ []registry.Enrolment, _ *registry.Dataset) { h[5].Decile = 11 }, "decile"},
		{"an age of 255", func(h []registry.Record, _ []registry.Enrolment, _ *registry.Dataset) { h[5].HeadAge = 255 }, "head_age"},
		{"too many persons", func(h []registry.Record, _ []registry.Enrolment, _ *registry.Dataset) {
			h[5].Persons[registry.Elderly] = 201
		}, "elderly"},
		{"an expenditure beyond the limit", func(h []registry.Record, _ []registry.Enrolment, _ *registry.Dataset) { h[5].Expenditure = 1e9 + 1 }, "expenditure"},
		{"an enrolment of an unknown household", func(_ []registry.Record, e []registry.Enrolment, _ *registry.Dataset) { e[5].Household[15] ^= 7 }, "names household"},
		{"an enrolment in an unknown programme", func(_ []registry.Record, e []registry.Enrolment, _ *registry.Dataset) { e[5].Program = "NONE" }, "NONE"},
		{"enrolments out of order", func(_ []registry.Record, e []registry.Enrolment, _ *registry.Dataset) {
			e[0], e[len(e)-1] = e[len(e)-1], e[0]
		}, "out of order"},
		{"a rule resting on a rule", func(_ []registry.Record, _ []registry.Enrolment, d *registry.Dataset) {
			d.Programs[1].Eligibility.EligibleFor = "PKH"
		}, "A1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, households, enrolments := storetest.City(3, 100)
			sortContents(households, enrolments)
			test.change(households, enrolments, d)
			_, err := Build(d, each(households), each(enrolments), nil)
			var refused *registry.Error
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.message) {
				t.Errorf("error %v, want one with %q", err, test.message)
			}
		})
	}
}

func TestBuildGivesErrorsOfItsSources(t *testing.T) {
	d, households, enrolments := storetest.City(3, 20)
	sortContents(households, enrolments)
	broken := errors.New("broken")
	if _, err := Build(d, failing(households, broken), each(enrolments), nil); !errors.Is(err, broken) {
		t.Errorf("error of the households: %v", err)
	}
	if _, err := Build(d, each(households), failing(enrolments, broken), nil); !errors.Is(err, broken) {
		t.Errorf("error of the enrolments: %v", err)
	}
	e, err := Build(d, each(households), each(enrolments), func(context.Context, []registry.HouseholdID) ([]*registry.Household, error) { return nil, broken })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Details(t.Context(), []registry.HouseholdID{households[0].ID}, registry.DetailAttributes); !errors.Is(err, broken) {
		t.Errorf("error of the attributes: %v", err)
	}
}

// TestBuildStopsBothSources: when one fails, the other one is not read to its end, which may be far.
func TestBuildStopsBothSources(t *testing.T) {
	d, households, enrolments := storetest.City(3, 20)
	sortContents(households, enrolments)
	broken := errors.New("broken")
	forever := func(yield func(registry.Enrolment, error) bool) {
		for yield(enrolments[0], nil) {
		}
	}
	if _, err := Build(d, failing(households, broken), forever, nil); !errors.Is(err, broken) {
		t.Errorf("error of the households: %v", err)
	}
	endless := func(yield func(registry.Record, error) bool) {
		h := households[0]
		for n := uint64(1); yield(h, nil); n++ {
			binary.BigEndian.PutUint64(h.ID[:], n)
		}
	}
	households[0].ID = registry.HouseholdID{}
	if _, err := Build(d, endless, failing([]registry.Enrolment{}, broken), nil); !errors.Is(err, broken) {
		t.Errorf("error of the enrolments: %v", err)
	}
	if _, err := Build(d, endless, each([]registry.Enrolment{{Program: "NOPE"}}), nil); registry.CodeOf(err) != registry.CodeNotFound {
		t.Errorf("a programme that is none: %v", err)
	}
}

// failing gives a list and then an error.
func failing[T any](list []T, err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v := range each(list) {
			if !yield(v, nil) {
				return
			}
		}
		var none T
		yield(none, err)
	}
}

// TestWithEnrolments swaps the release: answers are those of an engine built anew, and the old engine's stay.
func TestWithEnrolments(t *testing.T) {
	d, households, enrolments := storetest.City(5, 500)
	e := build(t, d, households, enrolments)
	everything := []registry.SummaryQuery{{By: []registry.Dimension{{Kind: registry.ByArea, Level: registry.LevelKecamatan}}, Measures: registry.MeasureAll},
		{Filter: registry.Filter{EligibleFor: "Z9"}, Measures: registry.MeasureAll}}
	before := summarise(t, e, everything)

	next := *d
	next.Programs = append([]registry.Program{{Code: "A", Eligibility: registry.Filter{}}}, d.Programs...)
	next.Programs[len(next.Programs)-1].Eligibility = registry.Filter{Decile: &registry.IntRange{}}
	var fewer []registry.Enrolment
	for i, n := range enrolments {
		if i%3 > 0 {
			fewer = append(fewer, n)
		}
	}
	swapped, err := e.WithEnrolments(&next, each(fewer))
	if err != nil {
		t.Fatal(err)
	}
	if swapped.households != e.households {
		t.Error("the household columns were made anew")
	}
	want := build(t, &next, households, fewer)
	if diff := gocmp.Diff(summarise(t, want, everything), summarise(t, swapped, everything)); diff != "" {
		t.Errorf("after the swap (-built anew +swapped):\n%s", diff)
	}
	if diff := gocmp.Diff(before, summarise(t, e, everything)); diff != "" {
		t.Errorf("the engine that was there changed:\n%s", diff)
	}
	other, _, _ := storetest.City(5, 0)
	other.Areas, err = registry.NewAreas([]registry.Area{{Code: "19.71.01.1001"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.WithEnrolments(other, each(fewer)); registry.CodeOf(err) != registry.CodeConflict {
		t.Errorf("other kelurahan: error %v", err)
	}
}

func summarise(t *testing.T, e *Engine, q []registry.SummaryQuery) [][]registry.Cell {
	t.Helper()
	cells, err := e.Summarise(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// TestManyPlaces has more pairs of RW and RT than sixteen bits number, so that they need the second column.
func TestManyPlaces(t *testing.T) {
	const n = 70_000
	areas, err := registry.NewAreas([]registry.Area{{Code: "19.71.01.1001"}})
	if err != nil {
		t.Fatal(err)
	}
	d := &registry.Dataset{Areas: areas}
	e, err := Build(d, func(yield func(registry.Record, error) bool) {
		for i := range n {
			h := registry.NewHousehold(registry.HouseholdID{byte(i >> 16), byte(i >> 8), byte(i)}, "19.71.01.1001")
			h.RT, h.Located, h.Point = fmt.Sprint(i), i%2 == 0, geo.PointE7{Lon: int32(i), Lat: int32(-i)}
			if !yield(registry.Record{Household: h}, nil) {
				return
			}
		}
	}, each[registry.Enrolment](nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, rt := range []string{"0", "65535", "65536", "69999"} {
		pages, err := e.Rows(t.Context(), registry.RowsQuery{Filter: registry.Filter{RT: &rt}, First: 9})
		if err != nil || len(pages[0].Rows) != 1 || pages[0].Rows[0].RT != rt {
			t.Errorf("RT %s: %+v, %v", rt, pages, err)
		}
	}
}
