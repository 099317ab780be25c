package registry

import (
	"slices"
	"strconv"

	"github.com/paulmach/orb"
)

// Filter says which households: every condition that is set must hold. The same value serves lists, aggregates,
// coverage, tiles and exports, and is what a programme's eligibility rule is stored as (in JSON, with these names).
//
// A condition on something unknown does not hold: a household of unknown decile is in no decile range. Not is the set
// complement, so `not {decile: 1..4}` keeps the households of unknown decile. An empty list is a list: `areas: []` and
// `or: []` keep nobody, `and: []` and `notDeprivedIn: []` everybody.
type Filter struct {
	Areas         []AreaCode    `json:"areas,omitzero"`         // in any of these, at any level
	Where         *Spatial      `json:"where,omitempty"`        // never true without a location
	Decile        *IntRange     `json:"decile,omitempty"`       // national rank
	Members       *IntRange     `json:"members,omitempty"`      // people in the household
	DeprivedIn    []Deprivation `json:"deprivedIn,omitzero"`    // any of these known true
	NotDeprivedIn []Deprivation `json:"notDeprivedIn,omitzero"` // all of these known false
	KnownIn       []Deprivation `json:"knownIn,omitzero"`       // all of these known, true or false
	Score         *Score        `json:"score,omitempty"`        // multidimensionally poor
	EnrolledIn    []string      `json:"enrolledIn,omitzero"`    // an ACTIVE enrolment in any of these programmes
	NotEnrolledIn []string      `json:"notEnrolledIn,omitzero"` // an ACTIVE enrolment in none of these
	EligibleFor   string        `json:"eligibleFor,omitempty"`  // keeps what the programme's rule keeps
	HeadSex       Sex           `json:"headSex,omitempty"`      // SexUnknown sets no condition
	Geocoded      *bool         `json:"geocoded,omitempty"`
	RT            *string       `json:"rt,omitempty"` // exactly as recorded
	RW            *string       `json:"rw,omitempty"`
	UnderFive     *IntRange     `json:"underFive,omitempty"` // persons in the household, here and below
	SchoolAge     *IntRange     `json:"schoolAge,omitempty"`
	OutOfSchool   *IntRange     `json:"outOfSchool,omitempty"`
	Elderly       *IntRange     `json:"elderly,omitempty"`
	Disabled      *IntRange     `json:"disabled,omitempty"`
	Pregnant      *IntRange     `json:"pregnant,omitempty"`
	Stunted       *IntRange     `json:"stunted,omitempty"`
	InState       *InState      `json:"inState,omitempty"` // in another state, too
	And           []Filter      `json:"and,omitzero"`
	Or            []Filter      `json:"or,omitzero"`
	Not           *Filter       `json:"not,omitempty"`
}

// Persons gives the person-count conditions by kind; nil where there is none.
func (f *Filter) Persons() [PersonKindCount]*IntRange {
	return [...]*IntRange{f.UnderFive, f.SchoolAge, f.OutOfSchool, f.Elderly, f.Disabled, f.Pregnant, f.Stunted}
}

// Score is the identification of the multidimensionally poor by Alkire and Foster (2011): of all conditions it is known
// whether they hold, and the weights of those that hold reach the cutoff. Weights and cutoff are integers, so that engines
// agree at the edge; they mean shares of their own choosing, usually of ScoreUnit.
type Score struct {
	Of      []Deprivation `json:"of"` // each once
	Weights []int64       `json:"weights"`
	AtLeast int64         `json:"atLeast"`
}

// ScoreUnit is a weight of one.
const ScoreUnit = 1_000_000_000_000

// IntRange is inclusive at both ends; a nil end is open. An unknown number is in no range, not even an open one.
type IntRange struct {
	Min *int `json:"min,omitempty"`
	Max *int `json:"max,omitempty"`
}

// Contains tells whether n is known and in the range.
func (r *IntRange) Contains(n int) bool {
	return n != UnknownInt && (r.Min == nil || n >= *r.Min) && (r.Max == nil || n <= *r.Max)
}

// Spatial is a region; exactly one member is set. Edges belong to the region.
type Spatial struct {
	BBox      *BBox
	CoveredBy orb.Geometry // Polygon or MultiPolygon, WGS 84 longitude, latitude
	Near      *Near
}

// BBox is a box in degrees. West above East crosses the antimeridian.
type BBox struct {
	West  float64 `json:"west"`
	South float64 `json:"south"`
	East  float64 `json:"east"`
	North float64 `json:"north"`
}

// Bounds gives the box as one or, across the antimeridian, two rectangles.
func (b BBox) Bounds() []orb.Bound {
	if b.West <= b.East {
		return []orb.Bound{{Min: orb.Point{b.West, b.South}, Max: orb.Point{b.East, b.North}}}
	}
	return []orb.Bound{
		{Min: orb.Point{b.West, b.South}, Max: orb.Point{180, b.North}},
		{Min: orb.Point{-180, b.South}, Max: orb.Point{b.East, b.North}},
	}
}

// Near is a disc on the sphere of package geo.
type Near struct {
	Point        Position `json:"point"`
	RadiusMeters float64  `json:"radiusMeters"`
}

// Position is a place in degrees, WGS 84.
type Position struct {
	Longitude float64 `json:"longitude"`
	Latitude  float64 `json:"latitude"`
}

// Orb gives the position as orb writes points.
func (p Position) Orb() orb.Point { return orb.Point{p.Longitude, p.Latitude} }

// Walk visits f and every filter nested in it, outermost first, with the path of each ("" for f itself, "or[1].not"), and
// those that are asked of other states ("inState.filter"). A visit that returns an error ends the walk.
func (f *Filter) Walk(visit func(path string, f *Filter) error) error { return f.walk("", true, visit) }

func (f *Filter) walk(path string, others bool, visit func(string, *Filter) error) error {
	if err := visit(path, f); err != nil {
		return err
	}
	for i := range f.And {
		if err := f.And[i].walk(inList(path, "and", i), others, visit); err != nil {
			return err
		}
	}
	for i := range f.Or {
		if err := f.Or[i].walk(inList(path, "or", i), others, visit); err != nil {
			return err
		}
	}
	if f.InState != nil && others {
		if err := f.InState.Filter.walk(inside(path, "inState.filter"), others, visit); err != nil {
			return err
		}
	}
	if f.Not != nil {
		return f.Not.walk(inside(path, "not"), others, visit)
	}
	return nil
}

// inside is the path of a member of the filter at a path.
func inside(path, member string) string {
	if path == "" {
		return member
	}
	return path + "." + member
}

func inList(path, member string, i int) string {
	return inside(path, member+"["+strconv.Itoa(i)+"]")
}

// Everybody tells whether the filter sets no condition at all.
func (f *Filter) Everybody() bool {
	for _, r := range f.Persons() {
		if r != nil {
			return false
		}
	}
	return f.Areas == nil && f.Where == nil && f.Decile == nil && f.Members == nil && f.DeprivedIn == nil && len(f.NotDeprivedIn) == 0 && len(f.KnownIn) == 0 && f.Score == nil &&
		f.EnrolledIn == nil && len(f.NotEnrolledIn) == 0 && f.EligibleFor == "" && f.HeadSex == SexUnknown && f.Geocoded == nil &&
		f.RT == nil && f.RW == nil && f.InState == nil && len(f.And) == 0 && f.Or == nil && f.Not == nil
}

// UsesEligibility tells whether the filter rests on a programme's rule anywhere.
func (f *Filter) UsesEligibility() bool {
	found := false
	_ = f.Walk(func(_ string, g *Filter) error {
		found = found || g.EligibleFor != ""
		return nil
	})
	return found
}

// Join is the filter that keeps what both keep. Either may be nil. Conditions of a keep their paths.
func Join(a, b *Filter) Filter {
	switch {
	case a == nil && b == nil:
		return Filter{}
	case a == nil:
		return *b
	case b == nil:
		return *a
	}
	joined := *a
	joined.And = append(slices.Clone(a.And), *b)
	return joined
}
