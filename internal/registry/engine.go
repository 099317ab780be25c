package registry

import (
	"context"
	"math/bits"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// Engine answers questions about the households of one state. It is batched, so that one level of a query is one call,
// and safe for concurrent use. Every engine gives the same answers to the last unit; package storetest proves it.
//
// Errors are Errors with BAD_USER_INPUT, INVALID_GEOMETRY or NOT_FOUND for the question (field relative to the filter),
// FORBIDDEN or DISCLOSURE_LIMIT from a guard, UNAVAILABLE when the back-end is out of reach, and ctx's own error.
type Engine interface {
	// Summarise answers the queries in order, one slice of cells for each. See SummaryQuery.By for which cells there are
	// and in which order. No household is no error: the cells are there and count zero.
	Summarise(ctx context.Context, queries []SummaryQuery) ([][]Cell, error)

	// Rows gives one page for each of q.Parents in that order, or one page in all when Parents is nil. A page without rows
	// has an empty, non-nil slice.
	Rows(ctx context.Context, q RowsQuery) ([]RowsPage, error)

	// Points gives the households that the filter keeps, ordered by id. An engine gives one point a household; a guard gives
	// blocks, in an order of its own, with protected weights.
	Points(ctx context.Context, q PointsQuery) ([]WeightedPoint, error)

	// Details gives what each household shows beyond its row, in the order of ids; Found is false for an id that the state
	// does not have.
	Details(ctx context.Context, ids []HouseholdID, want DetailParts) ([]Details, error)
}

// SummaryQuery asks for aggregates of the households that Filter keeps.
type SummaryQuery struct {
	Filter Filter
	// By splits them. The cells of a query are the product of its dimensions' values, the first dimension slowest:
	//   area        every area of the level, by code, restricted to the lists of areas at the top of the filter and in its
	//               And (those inside or around an area of each list)
	//   decile      unranked (0), then 1 to 10
	//   program     every programme by code: households enrolled; one household may count in several
	//   sex         unknown, male, female
	//   deprivation every deprivation in order: households known to be deprived; one may count in several
	//   place       the neighbourhood units, RW or RT, that a household of the filter has recorded, by kelurahan, RW and RT; those
	//               that have none recorded are a unit "" of their kelurahan
	//   hex         the hexagons that hold a located household of the filter, by Q then R, then NoHex if any is unlocated
	// Only hex and place leave out empty values: there the other dimensions are still complete within each. One of the two
	// goes into a query, and place not with area, since it names its kelurahan.
	By       []Dimension
	Measures Measures
	Lines    []int64 // poverty lines in rupiah a person a month, for Cell.Poverty in the same order
}

// DimensionKind names what cells are split by.
type DimensionKind uint8

// The dimensions.
const (
	ByArea DimensionKind = iota + 1
	ByDecile
	ByProgram
	BySex
	ByDeprivation
	ByHex
	ByPlace
)

// Dimension is a kind with its parameter.
type Dimension struct {
	Kind       DimensionKind
	Level      AreaLevel // of ByArea
	EdgeMeters int       // of ByHex
	Unit       PlaceUnit // of ByPlace
}

// PlaceUnit is a size of neighbourhoods. An RT (rukun tetangga) is a few dozen families, an RW (rukun warga) some RT.
type PlaceUnit uint8

// The units. As recorded: "1" and "001" are two.
const (
	UnitRW PlaceUnit = iota + 1
	UnitRT
)

// Of gives the unit that a place lies in: of an RW no RT is told.
func (u PlaceUnit) Of(p Place) Place {
	if u == UnitRW {
		p.RT = ""
	}
	return p
}

// FoundOnTheWay tells whether only households say which values there are.
func (d Dimension) FoundOnTheWay() bool { return d.Kind == ByHex || d.Kind == ByPlace }

// PlacesOf splits by neighbourhood units.
func PlacesOf(unit PlaceUnit) Dimension { return Dimension{Kind: ByPlace, Unit: unit} }

// AreasOf splits by the areas of a level.
func AreasOf(level AreaLevel) Dimension { return Dimension{Kind: ByArea, Level: level} }

// HexesOf splits by the hexagons of an edge length.
func HexesOf(edgeMeters int) Dimension { return Dimension{Kind: ByHex, EdgeMeters: edgeMeters} }

// Key says which cell: the members of the query's dimensions are set, the others zero.
type Key struct {
	Area        AreaCode
	Decile      int // 0 is unranked
	Program     int // position in Dataset.Programs
	Sex         Sex
	Deprivation Deprivation
	Hex         geo.HexID
	NoHex       bool  // the cell of households without a location
	Place       Place // in Area
}

// Measures are the optional parts of a cell; households and people always come.
type Measures uint8

// The measures, a bit each.
const (
	MeasureLocated Measures = 1 << iota
	MeasureDeciles
	MeasureDeprivations
	MeasurePrograms
	MeasurePersons
	MeasureBenefits
	MeasureAll Measures = 1<<iota - 1
)

// Tally counts the households of a set and the people in them. Keys is the sum of their record keys, which decides the
// noise of a guard. A household of unknown size adds no people.
type Tally struct {
	Households int64
	People     int64
	Keys       RecordKey
	Status     FigureStatus // of both numbers; SUPPRESSED leaves them zero
}

// Add counts one more household.
func (t *Tally) Add(people int64, k RecordKey) {
	t.Households++
	t.People += people
	t.Keys[0] += k[0]
	t.Keys[1] += k[1]
}

// Cell is one set of households. A slice whose measure was not asked for is nil. Answers may share slices: nobody changes
// them.
type Cell struct {
	Key      Key
	Total    Tally
	Located  Tally
	Deciles  []Tally   // by decile, 0 is unranked
	Deprived []Tally   // by deprivation: known true
	Known    []Tally   // by deprivation: known true or false
	Enrolled []Tally   // by programme
	Persons  []Tally   // by kind: households with at least one such person; People counts those persons
	Benefits []Benefit // by programme
	Poverty  []Poverty
	Counted  *Counted // what was counted in place of the region asked for; nil when it was that region
}

// EmptyCell is the cell of no household that an answer to the query has, in a dataset of so many programmes.
func EmptyCell(q *SummaryQuery, programs int) (c Cell) {
	slice := func(m Measures, n int) []Tally {
		if q.Measures&m == 0 {
			return nil
		}
		return make([]Tally, n)
	}
	c.Deciles = slice(MeasureDeciles, 11)
	c.Deprived = slice(MeasureDeprivations, DeprivationCount)
	c.Known = slice(MeasureDeprivations, DeprivationCount)
	c.Enrolled = slice(MeasurePrograms, programs)
	c.Persons = slice(MeasurePersons, PersonKindCount)
	if q.Measures&MeasureBenefits != 0 {
		c.Benefits = make([]Benefit, programs)
	}
	for _, line := range q.Lines {
		c.Poverty = append(c.Poverty, Poverty{LineRupiah: line})
	}
	return c
}

// Counted describes the blocks that stand for a region. Drawing them takes some work, so it is done when asked for.
type Counted struct {
	Blocks   int
	Geometry func(context.Context) (orb.MultiPolygon, error)
	Coverage func(context.Context) (float64, error) // share of the region's, or hexagon's, ground that they cover, 0 to 1
}

// Poverty are the sums of a poverty line over households whose expenditure and size are known, weighted by people. Poor
// is strictly below the line. The integers are exact: package poverty divides them.
type Poverty struct {
	LineRupiah int64
	Base, Poor Tally
	Gap        int64   // Σ members · (line − expenditure), rupiah
	GapSquared Uint128 // Σ members · (line − expenditure)², rupiah²
	// For the uncertainty of the three measures:
	MembersSquared int64   // Σ members² over the base
	GapFourth      Uint128 // Σ members · ⌊GapUnit·(line − expenditure)/line⌋⁴ over the poor
}

// GapUnit is a gap of the whole line in Poverty.GapFourth, whose terms then fit in 64 bits.
const GapUnit = 1 << 14

// Benefit is what a programme gives to a set of households in the period of the state.
type Benefit struct {
	Recorded Tally // households with an ACTIVE enrolment in it whose rupiah are recorded
	Rupiah   int64 // of those enrolments
}

// Uint128 is an exact sum too large for 64 bits.
type Uint128 struct{ Hi, Lo uint64 }

// AddProduct adds a·b.
func (u *Uint128) AddProduct(a, b uint64) {
	hi, lo := bits.Mul64(a, b)
	var carry uint64
	u.Lo, carry = bits.Add64(u.Lo, lo, 0)
	u.Hi, _ = bits.Add64(u.Hi, hi, carry)
}

// Plus adds two sums.
func (u Uint128) Plus(v Uint128) Uint128 {
	lo, carry := bits.Add64(u.Lo, v.Lo, 0)
	hi, _ := bits.Add64(u.Hi, v.Hi, carry)
	return Uint128{hi, lo}
}

// Float64 is the nearest double to within one rounding of each half.
func (u Uint128) Float64() float64 { return float64(u.Hi)*(1<<32)*(1<<32) + float64(u.Lo) }

// RowsQuery asks for pages of households.
type RowsQuery struct {
	Filter  Filter
	Parents []AreaCode // a page for each area, or one page in all when nil
	// Near orders by distance from it in whole millimetres, ties by id, households without a location last.
	Near *orb.Point
	// ByNeed orders by Need, ties by id. It is not to be had with Near; with neither the order is by id.
	ByNeed bool
	First  int
	After  *RowKey // rows after this key, in every page
	Total  bool    // count all rows that the filter keeps, in RowsPage.Total
}

// RowsPage is a run of rows in order.
type RowsPage struct {
	Rows  []Row
	More  bool
	Total int64 // -1 unless asked for
}

// Row is a household as the engine holds it.
type Row struct {
	ID              HouseholdID
	Area            AreaCode
	RW, RT          string
	Located         bool
	Point           geo.PointE7
	Members         int
	HeadSex         Sex
	HeadAge         int
	Decile          int // UnknownInt when unranked
	Expenditure     int64
	Deprived, Known DeprivationSet // with UNSERVED
	Enrolled        uint64         // ACTIVE enrolments, a bit for each of Dataset.Programs
	Order           int64          // what the list is ordered by before the id: see RowKey
}

// Key is the row's place in its list.
func (r *Row) Key() RowKey { return RowKey{r.Order, r.ID} }

// Need puts the poorest decile first, in it those with most known deprivations; the unranked come last.
func Need(decile int, deprived DeprivationSet) int64 {
	if decile == UnknownInt {
		decile = 11
	}
	return int64(decile)*(DeprivationCount+1) + int64(DeprivationCount-bits.OnesCount64(uint64(deprived)))
}

// PointsQuery asks where households live.
type PointsQuery struct {
	Filter    Filter
	Unlocated bool // those without a location too
	// Together is the least number of households that whoever asks shows as one, so that no place is a single household's:
	// 0 and 1 show each by itself.
	Together int
}

// WeightedPoint is a place and what stands there: a household, or a block of them.
type WeightedPoint struct {
	ID         HouseholdID // of a block one that no household has, the same in every edition
	Located    bool
	Point      orb.Point // zero unless Located
	Households int64
	People     int64
	Area       AreaCode
	Place      Place // neighbourhood unit as recorded; empty for a block
	// Of a household: what is known of it, with UNSERVED.
	Deprived, Known DeprivationSet
	Block           *Block // nil for a household
}

// Block is what a guard shows of the households at a place.
type Block struct {
	Status   FigureStatus                                    // of Households and People of the point
	Geometry func(context.Context) (orb.MultiPolygon, error) // the ground of the block
	// Together counts the households of a filter in groups of blocks of one answer, each group as one: a sum of many blocks
	// tells what no single one may.
	Together func(ctx context.Context, f Filter, m Measures, groups [][]*Block) ([]Cell, error)
}

// DetailParts says what of Details is wanted; the row always comes.
type DetailParts uint8

// The parts, a bit each.
const (
	DetailEnrolments DetailParts = 1 << iota
	DetailAttributes
)

// Details is a household in full.
type Details struct {
	Found      bool
	Row        Row
	Enrolments []Enrolment // by programme code, then since; empty, not nil, when there are none
	Attributes *Household  // as published
}
