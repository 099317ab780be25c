package registry

import "strconv"

// Limits of one summary query.
const (
	MaxDimensions = 3
	MaxCells      = 100_000
)

// usualPlaces is how many RT a large kelurahan has.
const usualPlaces = 60

// CheckBy tells what is wrong with a query's dimensions, with field "[i]".
func (d *Dataset) CheckBy(by []Dimension) error {
	if len(by) == 0 || len(by) > MaxDimensions {
		return Invalid("", "give one to %d ways of splitting", MaxDimensions)
	}
	cells, kinds := 1, map[DimensionKind]bool{}
	for i, dim := range by {
		for _, before := range by[:i] {
			if before.Kind == dim.Kind {
				return Invalid("["+strconv.Itoa(i)+"]", "splits by the same thing as an earlier one")
			}
		}
		if kinds[dim.Kind] = true; kinds[ByPlace] && (kinds[ByArea] || kinds[ByHex]) {
			return Invalid("["+strconv.Itoa(i)+"]", "neighbourhoods are not split by area or hexagon: each lies in one kelurahan, which its key names")
		}
		cells *= d.values(dim)
	}
	if cells > MaxCells {
		return Errorf(CodeComplexity, "", "%d groups; one answer may have %d: use a coarser level, a filter or fewer ways of splitting", cells, MaxCells)
	}
	return nil
}

// CheckOrder tells whether rows can come in the order that is asked for, with field "near".
func (q *RowsQuery) CheckOrder() error {
	if q.Near == nil {
		return nil
	}
	if q.ByNeed {
		return Invalid("near", "rows come either nearest first or by need: leave out the place or the order by need")
	}
	return Under("near", Position{Longitude: q.Near[0], Latitude: q.Near[1]}.Check())
}

// values is how many values a dimension can have.
func (d *Dataset) values(dim Dimension) int {
	switch dim.Kind {
	case ByArea:
		return len(d.Areas.Level(dim.Level))
	case ByDecile:
		return 11
	case ByProgram:
		return max(1, len(d.Programs))
	case BySex:
		return 3
	case ByDeprivation:
		return DeprivationCount
	case ByPlace:
		return len(d.Areas.Level(LevelKelurahan)) * usualPlaces
	case ByHex:
		var km2 float64
		for _, i := range d.Areas.Level(LevelKelurahan) {
			km2 += d.Areas.Area(i).AreaKm2
		}
		edge := float64(dim.EdgeMeters)
		return 1 + int(1.2*km2*1e6/(2.6*edge*edge)) // the hexagons of the city with those on its edge
	}
	return 1
}
