package registry

import "kantong/internal/geo"

// BlockTree is how an area of the finest level is parted into blocks for counting, once and for good: editions come and
// go, and a household always falls into the same block. It holds no household, and no coordinate of one: splits lie
// between households, on a coarse grid.
type BlockTree struct {
	Area AreaCode `json:"area"`
	// Splits part the households that have a location: a node, then everything below its threshold, then everything above.
	Splits []BlockSplit `json:"splits"`
	// Places part those that have none, by neighbourhood unit: each group is a block. Whoever is in no group, because its
	// unit is not recorded or is new, is in a block of its own.
	Places [][]Place `json:"places"`
}

// BlockSplit is a node of the tree: a leaf, or a line along a meridian or a parallel.
type BlockSplit struct {
	Axis Axis `json:"axis"`
	// Below the split lies what is at most this many 1e-7 degrees along the axis; above it the rest. Zero for a leaf.
	AtE7 int32 `json:"atE7"`
	// Center stands for a leaf when a region is asked for: the mean of its households at the time of freezing, on the
	// coarse grid. Zero for a split, and for a leaf of nobody.
	Center geo.PointE7 `json:"center"`
}

// Axis says along what a split measures.
type Axis uint8

// The axes; a leaf has none.
const (
	NoAxis Axis = iota
	LongitudeAxis
	LatitudeAxis
)

// Place is a neighbourhood unit of an area, as recorded.
type Place struct {
	RW string `json:"rw"`
	RT string `json:"rt"`
}
