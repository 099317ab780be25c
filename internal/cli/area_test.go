package cli

import (
	"fmt"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// registryArea gives an area the boundary of a feature.
func registryArea(a *registry.Area, f geo.Feature) error {
	rewound, _ := geo.Rewind(f.Geometry)
	switch g := rewound.(type) {
	case orb.Polygon:
		a.Boundary = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		a.Boundary = g
	default:
		return fmt.Errorf("%s has a %T", a.Code, g)
	}
	return nil
}
