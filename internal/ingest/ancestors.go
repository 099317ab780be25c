package ingest

import (
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// madeOf begins the source of a boundary that is the union of others.
const madeOf = "union of the areas below it, "

// withAncestors adds to the file's areas those above them that neither it nor the draft (before) has. A kecamatan, kota or
// kabupaten is made of the finest areas below it. A province would need all of its kota: it is added only if the
// gazetteer has it, without a boundary.
func (r *areaReader) withAncestors(before []registry.Area) ([]registry.Area, error) {
	drafted := map[registry.AreaCode]*registry.Area{}
	for i := range before {
		drafted[before[i].Code] = &before[i]
	}
	has := map[registry.AreaCode]bool{}
	for _, a := range r.areas {
		if drafted[a.Code] != nil {
			return nil, registry.Conflict("code", "the draft already has area %s, %s", a.Code, drafted[a.Code].Name)
		}
		has[a.Code] = true
	}
	all, made, told := slices.Clone(r.areas), 0, r.tell("joining areas")
	for level := registry.LevelKecamatan; level >= registry.LevelProvinsi; level-- {
		for i, a := range r.areas {
			told(int64(int(registry.LevelKecamatan-level)*len(r.areas)+i), int64(int(registry.LevelKecamatan-registry.LevelProvinsi+1)*len(r.areas)))
			code := a.Code.At(level)
			if code == "" || has[code] {
				continue
			}
			has[code] = true
			if old := drafted[code]; old != nil {
				if strings.HasPrefix(old.Source, madeOf) {
					return nil, registry.Conflict("code", "the draft made %s %s of the areas of an earlier file; import all of its areas in one", code, old.Name)
				}
				continue
			}
			if area, ok := r.ancestor(code); ok {
				all, made = append(all, area), made+1
			}
		}
	}
	if made > 0 {
		r.note("made %s above those of the file", plural(int64(made), "area"))
	}
	slices.SortFunc(all, func(a, b registry.Area) int { return strings.Compare(string(a.Code), string(b.Code)) })
	return all, nil
}

// ancestor makes the area of a code that the file lacks; not ok for a province nobody knows.
func (r *areaReader) ancestor(code registry.AreaCode) (a registry.Area, ok bool) {
	a = registry.Area{Code: code, Source: madeOf + r.im.File}
	k := r.byCode[code]
	switch name := r.above[code]; {
	case name != "":
		a.Name, _ = r.name(code, name)
	case k != nil:
		a.Name = k.Name
	default:
		a.Name = string(code)
	}
	if k != nil {
		a.BPSCode, a.Label = k.BPSCode, k.Point
	}
	if code.Level() == registry.LevelProvinsi {
		a.Source = ""
		return a, k != nil
	}
	if k == nil && r.above[code] == "" {
		r.note("nothing tells the name of %s", code)
	}
	union, err := geo.Union(r.finest(code))
	if err != nil {
		r.note("the boundary of %s %s could not be made of the areas below it: %v", code, a.Name, err)
		return a, true
	}
	a.Boundary, a.AreaKm2, a.Label = union, geo.AreaKm2(union), geo.LabelPoint(union)
	return a, true
}

// finest gives the boundaries of the file's areas within code, of the lowest level it has there.
func (r *areaReader) finest(code registry.AreaCode) []orb.Geometry {
	var level registry.AreaLevel
	for _, a := range r.areas {
		if a.Code.Within(code) {
			level = max(level, a.Level())
		}
	}
	var out []orb.Geometry
	for _, a := range r.areas {
		if a.Code.Within(code) && a.Level() == level {
			out = append(out, a.Boundary)
		}
	}
	return out
}
