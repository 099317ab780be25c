package registry

import "github.com/paulmach/orb"

// Area is an administrative area of an edition. Its code says its level and parent.
type Area struct {
	Code     AreaCode
	Name     string
	BPSCode  string           // the same place in the codes of Statistics Indonesia; "" when unknown
	Boundary orb.MultiPolygon // right-hand rule; nil when the edition has none for it
	AreaKm2  float64          // of Boundary on the WGS 84 ellipsoid; 0 without one
	Label    orb.Point        // inside Boundary, for a name on a map; a known point of the place without one
	Source   string           // where the boundary comes from
}

// Level is that of the code.
func (a *Area) Level() AreaLevel { return a.Code.Level() }
