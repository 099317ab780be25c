package disclosure

import (
	"slices"

	"kantong/internal/registry"
)

// unmatched gives the counts of recipients whom no family of a state stands for, as a viewer may see them: those of a
// programme on lists that place them in an area or below it, or, for "", that do not tell where. A count has the noise that the
// sum of its recipients' keys chooses, like one of households, so it is the same in every release that counts the same
// recipients; and it shows from the viewer's floor on. What it leaves of its base is no secret: the others are families of
// the edition, and are counted as such.
func (g *Gate) unmatched(o *opened, f *frame, viewer registry.Viewer) func(program string, area registry.AreaCode) registry.Tally {
	limited := scoped{areas: viewer.Areas}
	exact := func(area registry.AreaCode) bool {
		return viewer.Role.SeesHouseholds() && (len(viewer.Areas) == 0 || area != "" && limited.has(area))
	}
	floor := g.rules.Policy.floor(viewer.Role)
	if viewer.Role.SeesHouseholds() {
		floor = g.rules.Policy.floor(registry.RolePublic)
	}
	return func(program string, area registry.AreaCode) registry.Tally {
		var t registry.Tally
		for _, u := range o.unmatched {
			if u.Program == program && (u.Area == area || area != "" && u.Area != "" && u.Area.Within(area)) {
				t.Households += u.Recipients
				t.Keys = registry.RecordKey{t.Keys[0] + u.Keys[0], t.Keys[1] + u.Keys[1]}
			}
		}
		if exact(area) {
			return t
		}
		return g.noise.protect(t, f.householdsOf(area), floor)
	}
}

// householdsOf is how many households an area has; of "", all.
func (f *frame) householdsOf(area registry.AreaCode) int64 {
	i := slices.IndexFunc(f.nodes, func(n node) bool { return n.area == area && !n.block })
	if i < 0 {
		return 0
	}
	return f.nodes[i].households
}
