package disclosure

import (
	"cmp"
	"math"
	"slices"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// blockHouseholds is the least a block holds: a node is split as long as both halves can keep so many.
const blockHouseholds = 20

// blockGridE7 is the grid that splits and centers lie on, in 1e-7 degrees: about 11 metres, so that none of them tells
// where a household stands.
const blockGridE7 = 1000

// grow parts an area by its households: those with a location by lines near the median, the others by neighbourhood
// unit. Blocks of located households hold 20 to 39 of them, and more only where no line of the grid leaves 20 on
// both sides: many families in one building or one lane. The order of the points does not matter.
func grow(area registry.AreaCode, located []geo.PointE7, unlocated map[registry.Place]int) registry.BlockTree {
	t := registry.BlockTree{Area: area, Places: growPlaces(unlocated)}
	if len(located) < blockHouseholds { // their mean would tell where they stand
		t.Splits = []registry.BlockSplit{{}}
		return t
	}
	t.Splits = growSplits(nil, slices.Clone(located))
	return t
}

// growSplits adds the subtree of the points, which it sorts.
func growSplits(splits []registry.BlockSplit, points []geo.PointE7) []registry.BlockSplit {
	axis := longerAxis(points)
	for _, axis := range [...]registry.Axis{axis, registry.LongitudeAxis + registry.LatitudeAxis - axis} {
		slices.SortFunc(points, func(p, q geo.PointE7) int { return cmp.Compare(along(axis, p), along(axis, q)) })
		at, ok := lineBetween(axis, points)
		if !ok {
			continue
		}
		above := slices.IndexFunc(points, func(p geo.PointE7) bool { return along(axis, p) > at })
		splits = append(splits, registry.BlockSplit{Axis: axis, AtE7: at})
		return growSplits(growSplits(splits, points[:above]), points[above:])
	}
	return append(splits, registry.BlockSplit{Center: meanOnGrid(points)})
}

// along is the coordinate of a point that an axis measures.
func along(axis registry.Axis, p geo.PointE7) int32 {
	if axis == registry.LatitudeAxis {
		return p.Lat
	}
	return p.Lon
}

// longerAxis is the one along which the points extend further in metres, longitude where neither does.
func longerAxis(points []geo.PointE7) registry.Axis {
	if len(points) == 0 {
		return registry.LongitudeAxis
	}
	low, high := points[0], points[0]
	for _, p := range points {
		low = geo.PointE7{Lon: min(low.Lon, p.Lon), Lat: min(low.Lat, p.Lat)}
		high = geo.PointE7{Lon: max(high.Lon, p.Lon), Lat: max(high.Lat, p.Lat)}
	}
	from, to := low.Point(), high.Point()
	width := (to[0] - from[0]) * math.Cos((from[1]+to[1])/2*math.Pi/180)
	if to[1]-from[1] > width {
		return registry.LatitudeAxis
	}
	return registry.LongitudeAxis
}

// lineBetween gives the line of the grid nearest to the median of points sorted along the axis, among those that leave
// enough on both sides; a point on the line counts as below it.
func lineBetween(axis registry.Axis, sorted []geo.PointE7) (atE7 int32, ok bool) {
	n := len(sorted)
	if n < 2*blockHouseholds {
		return 0, false
	}
	coordinate := func(i int) int64 { return int64(along(axis, sorted[i])) }
	lowest := -floorGrid(-coordinate(blockHouseholds - 1))
	highest := floorGrid(coordinate(n-blockHouseholds) - 1)
	median := (coordinate((n-1)/2) + coordinate(n/2)) / 2
	return int32(min(max(floorGrid(median+blockGridE7/2), lowest), highest)), lowest <= highest
}

// floorGrid is the line of the grid at or below a coordinate.
func floorGrid(e7 int64) int64 {
	return int64(math.Floor(float64(e7)/blockGridE7)) * blockGridE7
}

// meanOnGrid is the mean of the points rounded to the grid; zero for none.
func meanOnGrid(points []geo.PointE7) geo.PointE7 {
	if len(points) == 0 {
		return geo.PointE7{}
	}
	var lon, lat int64
	for _, p := range points {
		lon, lat = lon+int64(p.Lon), lat+int64(p.Lat)
	}
	n := int64(len(points))
	return geo.PointE7{Lon: int32(floorGrid(lon/n + blockGridE7/2)), Lat: int32(floorGrid(lat/n + blockGridE7/2))}
}

// growPlaces groups neighbourhood units, in order of RW and RT, until each group has enough households. A last group that
// has not joins the one before it. Households of whom neither is recorded are in no group.
func growPlaces(households map[registry.Place]int) [][]registry.Place {
	groups := [][]registry.Place{}
	var open []registry.Place
	count := 0
	for _, place := range sortedPlaces(households) {
		if place == (registry.Place{}) {
			continue
		}
		open, count = append(open, place), count+households[place]
		if count >= blockHouseholds {
			groups, open, count = append(groups, open), nil, 0
		}
	}
	switch last := len(groups) - 1; {
	case len(open) == 0:
	case last < 0:
		groups = append(groups, open)
	default:
		groups[last] = append(groups[last], open...)
	}
	return groups
}

// sortedPlaces are the units in order, bytewise.
func sortedPlaces(households map[registry.Place]int) []registry.Place {
	places := make([]registry.Place, 0, len(households))
	for place := range households {
		places = append(places, place)
	}
	slices.SortFunc(places, func(a, b registry.Place) int { return cmp.Or(cmp.Compare(a.RW, b.RW), cmp.Compare(a.RT, b.RT)) })
	return places
}
