package disclosure

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
	"kantong/internal/storetest"
)

// checkFrame holds a frame to its rules: parts and children share no household and lose none, no leaf is too small unless
// its area is, an area that is too small tells nothing but its label, and the filters leave room for a question.
func checkFrame(t *testing.T, f *frame, s *state) {
	t.Helper()
	e := s.engine(t)
	tallies := make([]registry.Tally, len(f.nodes))
	located := make([]int64, len(f.nodes))
	for i := range f.nodes {
		n := &f.nodes[i]
		var queries []registry.SummaryQuery
		for _, part := range n.parts {
			filters := 0
			_ = part.Walk(func(string, *registry.Filter) error { filters++; return nil })
			if filters > registry.MaxFilterNodes/2 {
				t.Errorf("node %d: a part of %d filters", i, filters)
			}
			queries = append(queries, registry.SummaryQuery{Filter: part, Measures: registry.MeasureLocated})
		}
		answers, err := e.Summarise(t.Context(), queries)
		if err != nil {
			t.Fatal(err)
		}
		for _, cells := range answers {
			tallies[i] = plusTally(tallies[i], cells[0].Total)
			located[i] += cells[0].Located.Households
		}
	}
	var all registry.Tally
	for i := range s.households {
		h := &s.households[i]
		all.Add(int64(max(h.Members, 0)), h.Key)
	}
	if tallies[0] != all {
		t.Errorf("everything is %+v, want %+v", tallies[0], all)
	}
	leaves := 0
	for i, n := range f.nodes {
		var sum registry.Tally
		for _, c := range n.children {
			sum = plusTally(sum, tallies[c])
			if f.nodes[c].parent != i || c <= i {
				t.Errorf("node %d has child %d, whose parent is %d", i, c, f.nodes[c].parent)
			}
		}
		if tallies[i].Households != n.households || len(n.children) > 0 && sum != tallies[i] {
			t.Errorf("node %d %+v is %+v, its children %+v", i, n, tallies[i], sum)
		}
		if n.leaf != (len(n.children) == 0) || n.block && n.leaf && n.households < 20 || len(n.children) == 1 && f.nodes[n.children[0]].block {
			t.Errorf("node %d: %+v", i, n)
		}
		if area := i <= f.areas.Len() && i > 0; area && (n.block || n.area != f.areas.Area(i-1).Code) || n.level != n.area.Level() {
			t.Errorf("node %d is not area %d: %+v", i, i-1, n)
		}
		switch small := i > 0 && n.leaf && n.households < 20; {
		case small:
			checkSmallArea(t, f, i)
		case n.located != (n.leaf && located[i] > 0), (n.block || n.leaf && i > 0) && (n.box != registry.BBox{}) != (located[i] > 0):
			t.Errorf("node %d has %d located households: %+v", i, located[i], n)
		}
		if n.leaf {
			leaves++
		}
	}
	if f.leaves([]int{0}) != leaves {
		t.Errorf("%d leaves, want %d", f.leaves([]int{0}), leaves)
	}
}

// checkSmallArea: a leaf of fewer households than a block is a whole area, where its label is and nowhere else.
func checkSmallArea(t *testing.T, f *frame, i int) {
	t.Helper()
	n := &f.nodes[i]
	label := f.labelOf(t, n.area)
	if n.block || len(n.children) > 0 || n.leaves != 1 || !reflect.DeepEqual(n.parts, []registry.Filter{{Areas: []registry.AreaCode{n.area}}}) {
		t.Errorf("node %d of %d households is not the area: %+v", i, n.households, n)
	}
	if n.located != (label != orb.Point{}) || n.center != label || n.box != globe {
		t.Errorf("node %d of %d households is not at the label %v: %+v", i, n.households, label, n)
	}
}

func (f *frame) labelOf(t *testing.T, area registry.AreaCode) orb.Point {
	t.Helper()
	at, ok := f.areas.Find(area)
	if !ok {
		t.Fatalf("%s is no area", area)
	}
	return f.areas.Area(at).Label
}

func plusTally(a, b registry.Tally) registry.Tally {
	return registry.Tally{Households: a.Households + b.Households, People: a.People + b.People,
		Keys: registry.RecordKey{a.Keys[0] + b.Keys[0], a.Keys[1] + b.Keys[1]}}
}

func TestFrame(t *testing.T) {
	for _, s := range states(t) {
		t.Run(s.name, func(t *testing.T) {
			f, fresh := s.frame(t, nil)
			checkFrame(t, f, &s)
			again, none := s.frame(t, fresh)
			if len(none) > 0 || len(again.nodes) != len(f.nodes) {
				t.Errorf("from its own trees: %d nodes and %d fresh trees, want %d and none", len(again.nodes), len(none), len(f.nodes))
			}
			if large := len(s.households) >= 4000; large && f.leaves([]int{0}) < 60 {
				t.Errorf("%d leaves are too few to test anything", f.leaves([]int{0}))
			}
		})
	}
}

// TestFrameBySize counts each household itself, by the reference's containment: it is in one part of one leaf.
func TestFrameBySize(t *testing.T) {
	s := cityState(21, 900, 60)
	f, _ := s.frame(t, nil)
	for _, h := range s.households {
		in := 0
		for _, n := range f.nodes {
			if !n.leaf {
				continue
			}
			for _, part := range n.parts {
				if storetest.Matches(s.dataset, part, h, nil) {
					in++
				}
			}
		}
		if in != 1 {
			t.Errorf("%v is in %d parts of leaves", h.Household, in)
		}
	}
}

// TestFrameIsFrozen counts other states in the trees of the first: nothing is grown anew, and a block of the first lies in one
// block of the other, whatever became of its households.
func TestFrameIsFrozen(t *testing.T) {
	first := cityState(31, 4000, 70)
	before, trees := first.frame(t, nil)
	for _, c := range []struct {
		name   string
		change func(r *rand.Rand, s *state)
	}{
		{"fewer households", func(r *rand.Rand, s *state) {
			s.households = slices.DeleteFunc(s.households, func(registry.Record) bool { return r.IntN(100) < 45 })
		}},
		{"hardly anybody", func(_ *rand.Rand, s *state) { s.households = s.households[:90] }},
		{"more households", func(_ *rand.Rand, s *state) {
			for _, h := range cityState(32, 3000, 70).households[1:2999] {
				h.ID[1] ^= 0xff // cities of every seed have some ids in common
				s.households = append(s.households, h)
			}
		}},
		{"all moved", func(r *rand.Rand, s *state) {
			for i := range s.households {
				s.locate(r, i, r.IntN(100) < 70)
			}
		}},
		{"all located", func(r *rand.Rand, s *state) {
			for i := range s.households {
				s.locate(r, i, true)
			}
		}},
		{"none located", func(r *rand.Rand, s *state) {
			for i := range s.households {
				s.locate(r, i, false)
			}
		}},
		{"units renamed", func(_ *rand.Rand, s *state) {
			for i := range s.households {
				s.households[i].RW += "0"
			}
		}},
		{"a corner of the city left", func(_ *rand.Rand, s *state) {
			b := s.dataset.Areas.Bound().Center()
			s.households = slices.DeleteFunc(s.households, func(h registry.Record) bool {
				return h.Located && h.Point.Point()[0] < b[0] && h.Point.Point()[1] < b[1]
			})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := state{dataset: first.dataset, households: slices.Clone(first.households)}
			c.change(rand.New(rand.NewPCG(5, 5)), &s)
			after, fresh := s.frame(t, trees)
			if len(fresh) > 0 {
				t.Errorf("%d trees were grown anew", len(fresh))
			}
			checkFrame(t, after, &s)
			for i, n := range before.nodes {
				if !n.leaf || n.box == (registry.BBox{}) {
					continue
				}
				holders := 0
				for _, m := range after.nodes {
					if m.leaf && m.area == n.area && m.box.West <= n.box.West && m.box.East >= n.box.East && m.box.South <= n.box.South && m.box.North >= n.box.North {
						holders++
					} else if m.leaf && m.area == n.area && min(m.box.East, n.box.East) > max(m.box.West, n.box.West) && min(m.box.North, n.box.North) > max(m.box.South, n.box.South) {
						t.Errorf("block %d at %v is cut: %v", i, n.box, m.box)
					}
				}
				if holders > 1 {
					t.Errorf("block %d lies in %d blocks", i, holders)
				}
			}
		})
	}
}

// TestFrameCenters stay where they are when households move: that of a merged block is the mean of what it was merged from.
func TestFrameCenters(t *testing.T) {
	tree := registry.BlockTree{Area: "19.71.01.1001", Splits: []registry.BlockSplit{
		{Axis: registry.LongitudeAxis, AtE7: 5000},
		{Center: geo.PointE7{Lon: 2000, Lat: 1000}},
		{Axis: registry.LatitudeAxis, AtE7: 5000},
		{Center: geo.PointE7{Lon: 7000, Lat: 3000}}, {Center: geo.PointE7{Lon: 6000, Lat: 9000}}}}
	d, _, _ := storetest.City(1, 0)
	at, _ := d.Areas.Find(tree.Area)
	var label geo.PointE7
	label.Lon, label.Lat = geo.ToE7(d.Areas.Area(at).Label)
	located := func(west, south, north int) (list []registry.Record) {
		for k, n := range []int{west, south, north} {
			for range n {
				h := registry.NewHousehold(registry.HouseholdID{byte(k), byte(len(list))}, tree.Area)
				h.Located, h.Point = true, []geo.PointE7{{Lon: 5000, Lat: 8000}, {Lon: 5001, Lat: 5000}, {Lon: 9000, Lat: 5001}}[k]
				list = append(list, registry.Record{Household: h})
			}
		}
		return list
	}
	for _, c := range []struct {
		west, south, north int
		want               []geo.PointE7
	}{
		{20, 20, 20, []geo.PointE7{{Lon: 2000, Lat: 1000}, {Lon: 7000, Lat: 3000}, {Lon: 6000, Lat: 9000}}},
		{20, 19, 20, []geo.PointE7{{Lon: 2000, Lat: 1000}, {Lon: 7000, Lat: 6000}}},
		{20, 0, 90, []geo.PointE7{{Lon: 2000, Lat: 1000}, {Lon: 7000, Lat: 6000}}},
		{19, 20, 20, []geo.PointE7{{Lon: 5000, Lat: 4000}}},
		{20, 0, 0, []geo.PointE7{{Lon: 5000, Lat: 4000}}},
		{6, 7, 7, []geo.PointE7{{Lon: 5000, Lat: 4000}}},
		{6, 7, 6, []geo.PointE7{label}},
		{1, 0, 0, []geo.PointE7{label}},
		{0, 0, 0, []geo.PointE7{label}},
	} {
		s := state{dataset: d, households: located(c.west, c.south, c.north)}
		f, _ := s.frame(t, []registry.BlockTree{tree})
		checkFrame(t, f, &s)
		var got []geo.PointE7
		for _, n := range f.nodes {
			if n.leaf && n.located && n.area == tree.Area {
				lon, lat := geo.ToE7(n.center)
				got = append(got, geo.PointE7{Lon: lon, Lat: lat})
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%d, %d and %d households: centers %v, want %v", c.west, c.south, c.north, got, c.want)
		}
	}
}

// TestFrameJoins says, of an area with so many households, which of its blocks are left.
func TestFrameJoins(t *testing.T) {
	d, _, _ := storetest.City(1, 0)
	const area = "19.71.01.1001"
	tree := registry.BlockTree{Area: area, Splits: []registry.BlockSplit{{Axis: registry.LongitudeAxis, AtE7: 5000}, {Center: geo.PointE7{Lon: 2000}}, {Center: geo.PointE7{Lon: 7000}}},
		Places: [][]registry.Place{{{RW: "1", RT: "1"}, {RW: "1", RT: "2"}}, {{RW: "2"}}, {{RW: "3", RT: "1"}}}}
	for _, c := range []struct {
		name    string
		located [2]int
		units   map[registry.Place]int
		want    []int64 // households of the leaves, in order; the area's when it is one
	}{
		{"all there", [2]int{20, 21}, map[registry.Place]int{{RW: "1", RT: "1"}: 10, {RW: "1", RT: "2"}: 12, {RW: "2"}: 23, {RW: "3", RT: "1"}: 24, {}: 25}, []int64{20, 21, 22, 23, 24, 25}},
		{"nobody", [2]int{}, nil, []int64{0}},
		{"too few in all", [2]int{5, 6}, map[registry.Place]int{{RW: "2"}: 4, {RW: "new"}: 4}, []int64{19}},
		{"just enough in all", [2]int{5, 6}, map[registry.Place]int{{RW: "2"}: 4, {}: 5}, []int64{20}},
		{"a small group joins the next", [2]int{}, map[registry.Place]int{{RW: "1", RT: "1"}: 19, {RW: "2"}: 20, {RW: "3", RT: "1"}: 21}, []int64{39, 21}},
		{"the last group joins the one before", [2]int{}, map[registry.Place]int{{RW: "1", RT: "1"}: 20, {RW: "2"}: 20, {RW: "3", RT: "1"}: 1}, []int64{20, 21}},
		{"the last group joins the one before, not the rest", [2]int{}, map[registry.Place]int{{RW: "1", RT: "1"}: 20, {RW: "3", RT: "1"}: 1, {}: 30}, []int64{21, 30}},
		{"a small rest joins the last group", [2]int{20, 20}, map[registry.Place]int{{RW: "1", RT: "1"}: 20, {RW: "2"}: 20, {RW: "9"}: 1, {}: 2}, []int64{20, 20, 20, 23}},
		{"a small group and a small rest", [2]int{20, 20}, map[registry.Place]int{{RW: "1", RT: "1"}: 11, {}: 9}, []int64{20, 20, 20}},
		{"a small rest joins the last located leaf", [2]int{20, 21}, map[registry.Place]int{{}: 3}, []int64{20, 24}},
		{"a small group joins the last located leaf", [2]int{20, 21}, map[registry.Place]int{{RW: "1", RT: "2"}: 3}, []int64{20, 24}},
		{"few located join the first group", [2]int{9, 10}, map[registry.Place]int{{RW: "1", RT: "1"}: 20, {RW: "2"}: 20}, []int64{39, 20}},
		{"few located join the rest", [2]int{1, 0}, map[registry.Place]int{{}: 40}, []int64{41}},
		{"all located", [2]int{39, 20}, nil, []int64{39, 20}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := state{dataset: d}
			add := func(n int, point *geo.PointE7, place registry.Place) {
				for range n {
					i := len(s.households)
					h := registry.NewHousehold(registry.HouseholdID{byte(i >> 8), byte(i)}, area)
					if h.RW, h.RT = place.RW, place.RT; point != nil {
						h.Located, h.Point = true, *point
					}
					s.households = append(s.households, registry.Record{Household: h, Key: registry.RecordKey{uint32(i * i), uint32(i)}})
				}
			}
			add(c.located[0], &geo.PointE7{Lon: 5000}, registry.Place{RW: "1", RT: "1"})
			add(c.located[1], &geo.PointE7{Lon: 5001}, registry.Place{})
			for _, place := range sortedPlaces(c.units) {
				add(c.units[place], nil, place)
			}
			f, _ := s.frame(t, []registry.BlockTree{tree})
			checkFrame(t, f, &s)
			var got []int64
			for _, n := range f.nodes {
				if n.leaf && n.area == area {
					got = append(got, n.households)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("leaves of %v, want %v", got, c.want)
			}
		})
	}
}

// TestFrameFreezesNobody: an area that nobody lives in yet is parted when somebody does.
func TestFrameFreezesNobody(t *testing.T) {
	s := cityState(41, 2000, 50)
	full := s.households
	s.households = slices.DeleteFunc(slices.Clone(full), func(h registry.Record) bool { return h.Area.Within("19.71.02") })
	_, trees := s.frame(t, nil)
	s.households = full
	f, fresh := s.frame(t, trees)
	if len(trees) == 0 || len(fresh) != 5 {
		t.Errorf("%d trees at first, %d more later, want 5", len(trees), len(fresh))
	}
	for _, tree := range fresh {
		if !tree.Area.Within("19.71.02") {
			t.Errorf("%s was grown anew", tree.Area)
		}
	}
	checkFrame(t, f, &s)
}

func TestFrameRefuses(t *testing.T) {
	s := cityState(42, 200, 50)
	const area = "19.71.01.1001"
	line := registry.BlockSplit{Axis: registry.LongitudeAxis, AtE7: 1_061_000_000}
	for name, splits := range map[string][]registry.BlockSplit{
		"no tree":             nil,
		"half a tree":         {line, {}},
		"more than a tree":    {{}, {}},
		"a line twice":        {line, {}, line, {}, {}},
		"a line beyond":       {{Axis: registry.LatitudeAxis, AtE7: 1_000_000_000}, {}, {}},
		"an axis that is not": {{Axis: 3}, {}, {}},
	} {
		if _, _, err := newFrame(t.Context(), s.dataset, s.engine(t), []registry.BlockTree{{Area: area, Splits: splits}}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := newFrame(ctx, s.dataset, s.engine(t), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context: %v", err)
	}
	for call := range 60 {
		e := &breaking{Engine: s.engine(t), after: call}
		if _, _, err := newFrame(t.Context(), s.dataset, e, nil); e.after < 0 && !errors.Is(err, errBroken) {
			t.Errorf("call %d failed, and the frame gives %v", call, err)
		}
	}
}

var errBroken = errors.New("the engine is away")

// breaking is an engine that fails after so many calls.
type breaking struct {
	registry.Engine
	after int
}

func (b *breaking) call() error {
	if b.after--; b.after < 0 {
		return fmt.Errorf("asking: %w", errBroken)
	}
	return nil
}

func (b *breaking) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	if err := b.call(); err != nil {
		return nil, err
	}
	return b.Engine.Points(ctx, q)
}

func (b *breaking) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	if err := b.call(); err != nil {
		return nil, err
	}
	return b.Engine.Rows(ctx, q)
}
