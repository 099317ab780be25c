package ingest

import (
	"context"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// maxAreaBytes is the largest boundary file that is read; the whole country at full detail is smaller.
const maxAreaBytes = 1 << 30

// Areas imports a GeoJSON file of boundaries in WGS 84 degrees. A feature is known by its code (see codeProperties); rings
// are turned to the right-hand rule, altitudes dropped, and nothing else is changed. Kecamatan, kota and kabupaten that the
// file lacks are made of the areas below them. The line of a rejected feature is the one it begins on.
func Areas(ctx context.Context, t Target, path string) (*Report, error) {
	j, err := begin(ctx, t, registry.ImportAreas, path, nil)
	if err != nil {
		return nil, err
	}
	defer j.close()
	if j.report.Unchanged {
		return j.report, nil
	}
	data, err := j.readAll(maxAreaBytes)
	if err != nil {
		return nil, err
	}
	features, err := geo.ParseFeatures(data)
	if err != nil {
		return nil, registry.Errorf(registry.CodeInvalidGeometry, "file", "%s is not GeoJSON of boundaries: %w", j.im.File, err)
	}
	r := &areaReader{job: j, gazetteer: newGazetteer(t.Known), above: map[registry.AreaCode]string{}}
	if err := r.read(features); err != nil {
		return j.finish(err)
	}
	var before []registry.Area
	if t.Append {
		if before, err = t.Store.Areas(ctx, t.Edition); err != nil {
			return nil, err
		}
	}
	areas, err := r.withAncestors(before)
	if err != nil {
		return nil, err
	}
	if err := r.check(areas); err != nil {
		return nil, err
	}
	j.im.Rows, j.im.Rejected = int64(len(areas)), j.rejects.count
	return j.finish(t.Store.PutAreas(ctx, t.Edition, j.im, areas))
}

// areaReader makes areas of features.
type areaReader struct {
	*job
	*gazetteer
	areas   []registry.Area              // of the file, sorted by code once read
	above   map[registry.AreaCode]string // what the file calls the areas above its own
	renamed []string                     // names that differ from the gazetteer's
}

// read fills areas. Two features with one code are an error, since there is no telling which of them is right.
func (r *areaReader) read(features []geo.Feature) error {
	type place struct {
		name string
		line int
	}
	given := map[registry.AreaCode]place{}
	turned, fromBPS := 0, int64(0)
	for _, f := range features {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		p := propertiesOf(f)
		code, isBPS, property, value, reason := p.code(r.gazetteer)
		if reason != "" {
			r.rejects.add(f.Line, property, value, reason, "")
			continue
		}
		name := p.name(code.Level())
		if first, twice := given[code]; twice {
			return registry.Conflict("code", "%q (line %d) and %q (line %d) both have the code %s", first.name, first.line, name, f.Line, code)
		}
		given[code] = place{name, f.Line}
		area := registry.Area{Code: code, BPSCode: p.bpsCode(), Source: p["source"]}
		if isBPS {
			fromBPS++
		}
		if k := r.byCode[code]; k != nil && k.BPSCode != "" {
			area.BPSCode = k.BPSCode
		}
		if area.Source == "" {
			area.Source = r.im.File
		}
		area.Name = r.properName(code, name)
		if area.Name == "" {
			r.rejects.add(f.Line, "name", "", isMissing, "")
			continue
		}
		n, reason, detail := setBoundary(&area, f.Geometry)
		if reason != "" {
			r.rejects.add(f.Line, "geometry", string(code)+" "+area.Name, reason, detail)
			continue
		}
		turned += n
		for l := code.Level() - 1; l >= registry.LevelProvinsi; l-- {
			if name := p.nameAbove(code.Level(), l); name != "" {
				r.above[code.At(l)] = name
			}
		}
		r.areas = append(r.areas, area)
	}
	if len(r.areas) == 0 {
		return r.refuseEmpty("features")
	}
	slices.SortFunc(r.areas, func(a, b registry.Area) int { return strings.Compare(string(a.Code), string(b.Code)) })
	if turned > 0 {
		r.note("turned %s that ran against the right-hand rule", plural(int64(turned), "ring"))
	}
	if fromBPS > 0 {
		r.note("read the BPS codes of %s as the Kemendagri codes of the same areas", plural(fromBPS, "feature"))
	}
	if r.renamed != nil {
		r.note("named otherwise than in the gazetteer: %s", some(r.renamed))
	}
	return nil
}

// properName is the name an area gets, and remembers a file that calls it something else than the gazetteer does.
func (r *areaReader) properName(code registry.AreaCode, name string) string {
	proper, same := r.name(code, name)
	if !same {
		r.renamed = append(r.renamed, string(code)+" "+name+" (known as "+r.byCode[code].Name+")")
	}
	return proper
}

// setBoundary gives the area a geometry and what follows from it; turned counts rings, reason and detail say what is
// wrong with it.
func setBoundary(a *registry.Area, g orb.Geometry) (turned int, reason, detail string) {
	switch g := g.(type) {
	case nil:
		return 0, isMissing, ""
	case orb.Polygon, orb.MultiPolygon:
	default:
		return 0, "is a " + g.GeoJSONType() + ", not a polygon", ""
	}
	for _, validate := range []func(orb.Geometry) *geo.Fault{geo.ValidateLonLat, geo.Validate} {
		if fault := validate(g); fault != nil {
			return 0, fault.Reason, strings.TrimPrefix(fault.Error(), fault.Reason)
		}
	}
	if geo.AreaKm2(g) == 0 {
		return 0, "covers no ground", ""
	}
	wound, turned := geo.Rewind(g)
	switch wound := wound.(type) {
	case orb.Polygon:
		a.Boundary = orb.MultiPolygon{wound}
	case orb.MultiPolygon:
		a.Boundary = wound
	}
	a.AreaKm2, a.Label = geo.AreaKm2(a.Boundary), geo.LabelPoint(a.Boundary)
	return turned, "", ""
}

// some joins the first few of a list.
func some(list []string) string {
	if len(list) <= maxListed {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:maxListed], ", ") + " and " + plural(int64(len(list)-maxListed), "other")
}
