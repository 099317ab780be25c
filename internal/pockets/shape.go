package pockets

import "math"

// shape is how the globe is cut into cells, by the rule that any two positions in one cell are neighbours.
//
// With latitudes at most h apart and longitudes at most w, sin²(d/2) ≤ sin²(h/2) + c²·sin²(w/2) for the largest cosine c
// of a latitude in the row (haversine). Each part gets half of what the radius allows. Positions are whole 1e-7 degrees,
// so those of one row are at most height-1 apart, and this one unit is far more than rounding can take.
type shape struct {
	angle  float64 // of the radius, radians
	half   float64 // √½·sin(angle/2): the sine of half the height
	height int64   // of a row, 1e-7 degrees
	tall   int64   // how far neighbours are apart in latitude at most, 1e-7 degrees
}

// row is one row of cells, from south to north.
type row struct {
	number int64 // counted from the south pole
	width  int64 // of its cells, 1e-7 degrees
	wide   int64 // how far neighbours of its places are away in longitude at most, fullTurn for any
	first  int   // cell
}

func newShape(angle float64) shape {
	half := math.Sqrt(0.5) * math.Sin(angle/2)
	return shape{
		angle:  angle,
		half:   half,
		height: max(1, int64(2*math.Asin(half)*e7PerRadian)),
		tall:   int64(angle*e7PerRadian) + 2,
	}
}

// rowNumber is the row of a latitude; those beyond a pole give one that is empty.
func (s *shape) rowNumber(lat int64) int64 {
	return floorDiv(lat+quarterTurn, s.height)
}

func (s *shape) row(number int64) row {
	south := number*s.height - quarterTurn
	north := south + s.height - 1
	r := row{number: number, width: fullTurn + 1, wide: fullTurn}
	var nearest int64 // latitude to the equator
	if south > 0 || north < 0 {
		nearest = min(max(south, -south), max(north, -north))
	}
	if sine := s.half / math.Cos(float64(nearest)/e7PerRadian); sine < 1 {
		r.width = max(1, int64(2*math.Asin(sine)*e7PerRadian))
	}
	// The circle around a place is widest where a meridian touches it; one around a pole has every longitude.
	farthest := max(-south, north)
	if farthest+s.tall < quarterTurn {
		sine := math.Sin(s.angle) / math.Cos(float64(farthest)/e7PerRadian)
		r.wide = int64(math.Asin(math.Min(1, sine))*e7PerRadian*(1+1e-7)) + 2
	}
	return r
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
