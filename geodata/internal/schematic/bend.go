package schematic

import "math"

// The plane is bent by a chain of shears, each moving places along one direction by a sine of how far across it they
// lie. A shear can be undone exactly and keeps areas, so the chain is one to one, keeps the city's area, and lets no two
// lines cross that did not.
const (
	longestWaveMeters = 6_500.0
	waveRatio         = 0.66  // of each wavelength to the one before
	waves             = 8     // down to some 350 m
	amplitude         = 0.042 // of a wavelength: slopes up to a quarter
	goldenAngle       = 2.399963229728653
)

// shear moves a place along dir by height·sin(across·(place × dir) + phase).
type shear struct {
	dir                   vec
	height, across, phase float64
}

func shears() []shear {
	list := make([]shear, waves)
	wave := longestWaveMeters
	for i := range list {
		angle := float64(i) * goldenAngle
		list[i] = shear{vec{math.Cos(angle), math.Sin(angle)}, amplitude * wave, 2 * math.Pi / wave, 1 + float64(i)}
		wave *= waveRatio
	}
	return list
}

func (s shear) shift(p vec) float64 { return s.height * math.Sin(s.across*p.cross(s.dir)+s.phase) }

func bend(p vec) vec {
	for _, s := range shears() {
		p = p.along(s.dir, s.shift(p))
	}
	return p
}

// unbend undoes bend.
func unbend(p vec) vec {
	list := shears()
	for i := len(list) - 1; i >= 0; i-- {
		p = p.along(list[i].dir, -list[i].shift(p)) // moving along dir leaves place × dir, so the shift is that of the way there
	}
	return p
}
