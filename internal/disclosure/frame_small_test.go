package disclosure

import (
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

// smallArea is the kelurahan of which nothing may tell how few live in it, or where.
const smallArea registry.AreaCode = "19.71.02.1003"

// settled gives the city with so many households in smallArea and the others as they are. The first has a location at its
// edge, then every second one.
func settled(city state, households int) state {
	s := state{dataset: city.dataset, households: slices.DeleteFunc(slices.Clone(city.households), func(h registry.Record) bool { return h.Area == smallArea })}
	for i := range households {
		h := registry.NewHousehold(registry.HouseholdID{0xff, 0xfe, byte(i)}, smallArea)
		if h.RW = fmt.Sprint(i % 3); i%2 == 0 {
			h.Located, h.Point = true, house(city, i)
		}
		s.households = append(s.households, registry.Record{Household: h, Key: registry.RecordKey{uint32(i + 1), uint32(i + 2)}})
	}
	return s
}

// house is the place of a household of smallArea: all are within a few metres at a corner.
func house(city state, i int) (p geo.PointE7) {
	at, _ := city.dataset.Areas.Find(smallArea)
	p.Lon, p.Lat = geo.ToE7(city.dataset.Areas.Area(at).Boundary.Bound().Min)
	return geo.PointE7{Lon: p.Lon + int32(i), Lat: p.Lat + int32(i)}
}

// sights are the questions of an onlooker who looks for a house: every area, every pair of kelurahan, everything but one of
// them, discs of many sizes around the house and around the label, everywhere but there, and regions at random.
func sights(city state, r *rand.Rand) (lists [][][]registry.AreaCode, regions []*registry.Spatial) {
	areas := city.dataset.Areas
	kelurahan := areas.Level(registry.LevelKelurahan)
	for i := range areas.Len() {
		lists = append(lists, [][]registry.AreaCode{{areas.Area(i).Code}})
	}
	for _, i := range kelurahan {
		var others []registry.AreaCode
		for _, k := range kelurahan {
			lists = append(lists, [][]registry.AreaCode{{areas.Area(i).Code, areas.Area(k).Code}})
			if k != i {
				others = append(others, areas.Area(k).Code)
			}
		}
		lists = append(lists, [][]registry.AreaCode{others}, [][]registry.AreaCode{others, {"19.71.02"}})
	}
	at, _ := areas.Find(smallArea)
	for _, from := range []orb.Point{house(city, 0).Point(), areas.Area(at).Label} {
		if all := areas.Bound().Pad(1); all.Contains(from) {
			hole := from.Bound().Pad(0.001).ToRing()
			hole.Reverse()
			regions = append(regions, &registry.Spatial{CoveredBy: orb.Polygon{all.ToRing(), hole}})
		}
		for radius := 1.0; radius < 60_000; radius *= 1.5 {
			regions = append(regions, &registry.Spatial{Near: &registry.Near{Point: registry.Position{Longitude: from[0], Latitude: from[1]}, RadiusMeters: radius}})
		}
	}
	for _, i := range kelurahan {
		if boundary := areas.Area(i).Boundary; boundary != nil {
			regions = append(regions, &registry.Spatial{CoveredBy: boundary})
		}
	}
	for range 60 {
		regions = append(regions, storetest.RandomRegion(r, city.dataset, city.households))
	}
	return lists, append(regions, &registry.Spatial{BBox: &globe})
}

// anonymous gives the nodes without how many live in them.
func anonymous(f *frame) []node {
	nodes := slices.Clone(f.nodes)
	for i := range nodes {
		nodes[i].households = 0
	}
	return nodes
}

// TestFrameHidesFew: whether nobody, one household or one too few for a block live in a kelurahan, every question is counted
// on the same nodes, and the kelurahan is where its label is.
func TestFrameHidesFew(t *testing.T) {
	labelled := cityState(71, 3000, 100)
	var areas []registry.Area
	for i := range labelled.dataset.Areas.Len() {
		a := *labelled.dataset.Areas.Area(i)
		if a.Code == smallArea {
			a.Label = orb.Point{}
		}
		areas = append(areas, a)
	}
	for _, city := range []state{labelled, labelled.with("without a label", t, areas)} {
		_, manyTrees := city.frame(t, nil)
		lone := settled(city, 1)
		_, loneTrees := lone.frame(t, nil)
		for name, trees := range map[string][]registry.BlockTree{"no trees": nil, "trees of many": manyTrees, "trees of one": loneTrees} {
			t.Run(city.name+", "+name, func(t *testing.T) { checkHidesFew(t, city, trees) })
		}
	}
}

func checkHidesFew(t *testing.T, city state, trees []registry.BlockTree) {
	empty := settled(city, 0)
	want, _ := empty.frame(t, trees)
	checkFrame(t, want, &empty)
	at, _ := city.dataset.Areas.Find(smallArea)
	label := want.labelOf(t, smallArea)
	lists, regions := sights(city, rand.New(rand.NewPCG(9, 9)))
	for _, households := range []int{1, 2, 19} {
		s := settled(city, households)
		f, _ := s.frame(t, trees)
		checkFrame(t, f, &s)
		if n := f.nodes[at+1]; n.households != int64(households) || n.center != label || n.located != (label != orb.Point{}) {
			t.Errorf("%d households: %+v, want them at %v", households, n, label)
		}
		if !reflect.DeepEqual(anonymous(f), anonymous(want)) { // so that the same index is the same leaf
			t.Fatalf("%d households make other nodes than none", households)
		}
		for _, list := range lists {
			if got, want := f.cover(list, nil), want.cover(list, nil); !slices.Equal(got, want) {
				t.Errorf("%d households: areas %v are %v, of nobody %v", households, list, got, want)
			}
		}
		for _, where := range regions {
			filter := registry.Filter{Where: where}
			for _, list := range [][][]registry.AreaCode{nil, {{smallArea}}, {{"19.71.02"}}} {
				if got, want := f.cover(list, where), want.cover(list, where); !slices.Equal(got, want) {
					t.Errorf("%d households: %s in %v is %v, of nobody %v", households, filter.JSON(), list, got, want)
				}
			}
		}
		for _, edgeMeters := range []int{200, 2000, 500_000} {
			for _, within := range [][]int{{0}, {at + 1}, f.cover([][]registry.AreaCode{{"19.71.02"}}, nil)} {
				grid := city.dataset.HexGrid(edgeMeters)
				got, nowhere := f.hexes(grid, within)
				wantHexes, wantNowhere := want.hexes(grid, within)
				if !reflect.DeepEqual(got, wantHexes) || !slices.Equal(nowhere, wantNowhere) {
					t.Errorf("%d households: hexagons of %d m in %v are %v and %v, of nobody %v and %v", households, edgeMeters, within, got, nowhere, wantHexes, wantNowhere)
				}
			}
		}
	}
	checkSightOfFew(t, city, want, at+1)
}

// checkSightOfFew: the kelurahan's node is found at its label, and not where the house is.
func checkSightOfFew(t *testing.T, city state, f *frame, small int) {
	t.Helper()
	label := f.labelOf(t, smallArea)
	disc := func(at orb.Point) *registry.Spatial {
		return &registry.Spatial{Near: &registry.Near{Point: registry.Position{Longitude: at[0], Latitude: at[1]}, RadiusMeters: 5}}
	}
	inside := [][]registry.AreaCode{{smallArea}}
	atLabel, everywhere := f.cover(inside, disc(label)), f.cover(inside, &registry.Spatial{BBox: &globe})
	if label != (orb.Point{}) && (!slices.Equal(atLabel, []int{small}) || !slices.Equal(everywhere, []int{small})) {
		t.Errorf("at the label: %v, everywhere: %v, want node %d", atLabel, everywhere, small)
	}
	if label == (orb.Point{}) && len(atLabel)+len(everywhere) > 0 {
		t.Errorf("without a label the kelurahan is found: %v, %v", atLabel, everywhere)
	}
	if got := f.cover(inside, disc(house(city, 0).Point())); len(got) > 0 {
		t.Errorf("the house is found: %v", got)
	}
	_, nowhere := f.hexes(city.dataset.HexGrid(2000), []int{small})
	if want := label == (orb.Point{}); slices.Equal(nowhere, []int{small}) != want {
		t.Errorf("in no hexagon: %v, without a label: %t", nowhere, want)
	}
}
