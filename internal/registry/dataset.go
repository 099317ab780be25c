package registry

import (
	"fmt"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
)

// Dataset is what everybody may know of a state: its areas, programmes and published indicators. It holds no household.
type Dataset struct {
	State      State
	Areas      *Areas
	Programs   []Program       // sorted by code; a programme's position is its bit in Row.Enrolled
	Indicators []AreaIndicator // sorted by area, code, year
	Version    string          // the state's hash and the programmes' revision: changes whenever an answer could
	EngineName string          // which kind of engine answers for it: "columnar" or "postgis"
}

// View is a dataset with the engine that its viewer may ask: the engine itself for a planner, a guard for the others.
type View struct {
	*Dataset
	Engine
	Lineage        *Lineage // of all that is published; nil when nothing is known
	Total, Located Tally    // of all households, as the viewer may see them
	// Unmatched counts recipients of a programme on lists of the release whom no family of the edition stands for, as the viewer
	// may see them: those placed in an area or below it, or, for "", those of whom the lists do not tell where they live.
	Unmatched func(program string, area AreaCode) Tally
}

// Program gives the position of a programme's code.
func (d *Dataset) Program(code string) (i int, ok bool) {
	for i := range d.Programs {
		if d.Programs[i].Code == code {
			return i, true
		}
	}
	return 0, false
}

// CheckFilter tells what is wrong with a filter asked of this dataset: all that Filter.Check finds, areas and programmes
// that do not exist, and a region that lies elsewhere but would lie here with longitude and latitude swapped. Whether other
// states exist, and have what is asked of them, is found out there.
func (d *Dataset) CheckFilter(f *Filter) error {
	if f == nil {
		return nil
	}
	if err := f.Check(); err != nil {
		return err
	}
	return f.walk("", false, func(path string, g *Filter) error {
		for i, c := range g.Areas {
			if _, ok := d.Areas.Find(c); !ok {
				return Under(path, NotFound(fmt.Sprintf("areas[%d]", i), "edition %s has no area %s", d.State.ID(), c))
			}
		}
		named := []struct {
			field string
			codes []string
		}{{"enrolledIn", g.EnrolledIn}, {"notEnrolledIn", g.NotEnrolledIn}}
		if g.EligibleFor != "" {
			named = append(named, struct {
				field string
				codes []string
			}{"eligibleFor", []string{g.EligibleFor}})
		}
		for _, n := range named {
			for _, code := range n.codes {
				if _, ok := d.Program(code); !ok {
					return Under(path, NotFound(n.field, "edition %s has no programme %q", d.State.ID(), code))
				}
			}
		}
		if g.Where != nil {
			return Under(path, Under("where", d.checkSwapped(g.Where)))
		}
		return nil
	})
}

func (d *Dataset) checkSwapped(s *Spatial) error {
	switch {
	case s.CoveredBy != nil:
		return Under("coveredBy", d.CheckNotSwapped(s.CoveredBy.Bound()))
	case s.Near != nil:
		return Under("near.point", d.CheckNotSwapped(s.Near.Point.Orb().Bound()))
	}
	return nil
}

// CheckPosition tells what is wrong with a place asked of this dataset.
func (d *Dataset) CheckPosition(p Position) error {
	if err := p.Check(); err != nil {
		return err
	}
	return d.CheckNotSwapped(p.Orb().Bound())
}

// CheckNotSwapped is INVALID_GEOMETRY for a box far from every area that would lie among them with its axes swapped.
func (d *Dataset) CheckNotSwapped(b orb.Bound) error {
	swapped := orb.Bound{Min: orb.Point{b.Min[1], b.Min[0]}, Max: orb.Point{b.Max[1], b.Max[0]}}
	if here := d.Areas.Bound(); here.IsZero() || here.Intersects(b) || !here.Intersects(swapped) {
		return nil
	}
	return Errorf(CodeInvalidGeometry, "", "outside the mapped areas, but inside with longitude and latitude swapped: write longitude first")
}

// HexGrid is the grid that hexagons of an edge length are counted on in this dataset.
func (d *Dataset) HexGrid(edgeMeters int) geo.HexGrid {
	return geo.NewHexGrid(edgeMeters, d.Areas.Bound())
}
