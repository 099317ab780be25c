package targeting

import "kantong/internal/registry"

// Quadrant is the priority of an area by two indicators, the smaller the more urgent.
type Quadrant uint8

// The quadrants. Equal to the reference is not worse.
const (
	NoQuadrant      Quadrant = iota // a figure is missing
	BothWorse                       // main and supporting indicator worse than the reference: priority 1
	MainWorse                       // the main indicator only
	SupportingWorse                 // the supporting indicator only
	NeitherWorse
)

// Standing is a figure beside that of a reference: the province, the nation, the mean of the city.
type Standing struct {
	Own, Reference registry.Rate
	Orientation    Orientation
}

// reading compares the two to the 12 digits that are shown.
func (s Standing) reading() Reading {
	own, reference := s.Own.Value, s.Reference.Value
	switch difference := s.Orientation.sign() * (own - reference); {
	case !s.Own.Status.HasValue() || !s.Reference.Status.HasValue() || difference != difference || s.Orientation.sign() == 0:
		return ReadingUnknown
	case equal(own, reference):
		return ReadingEqual
	case difference > 0:
		return ReadingWorse
	}
	return ReadingBetter
}

// QuadrantOf places an area by its main and its supporting indicator (the quadrant analysis of TNP2K).
func QuadrantOf(main, supporting Standing) Quadrant {
	m, s := main.reading(), supporting.reading()
	switch {
	case m == ReadingUnknown || s == ReadingUnknown:
		return NoQuadrant
	case m == ReadingWorse && s == ReadingWorse:
		return BothWorse
	case m == ReadingWorse:
		return MainWorse
	case s == ReadingWorse:
		return SupportingWorse
	}
	return NeitherWorse
}
