package ingest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"kantong/internal/featurefile"
	"kantong/internal/geo"
	"kantong/internal/registry"
)

const (
	// maxPositions is how many positions the areas of one import may have in all: a province at full detail. Checked, they
	// take some 400 MB.
	maxPositions = 1_500_000
	// maxAreas is more than the kelurahan and desa of the country.
	maxAreas = 100_000
	// maxNameLength is that of an area's name, in characters.
	maxNameLength = 200
)

// AreaOptions say which areas of a file are meant. The zero value means all of them.
type AreaOptions struct {
	Layer  string            // of a file that has several; "" for the only one
	Within registry.AreaCode // areas elsewhere are passed over; "" for none
	Always bool              // a file that the draft holds already is read and reported on all the same
}

// mapping tells options apart, for the hash of the import.
func (o AreaOptions) mapping() *Mapping {
	if o.Layer == "" && o.Within == "" {
		return nil
	}
	return &Mapping{text: fmt.Appendf(nil, "layer %q within %s", o.Layer, o.Within)}
}

// Areas imports a file of boundaries, as package featurefile reads it. A feature is known by its code (see codeProperties);
// rings are closed and turned to the right-hand rule, equal positions in a row and altitudes dropped, and nothing else is
// changed. Kecamatan, kota and kabupaten that the file lacks are made of the areas below them. The line of a rejected feature
// is the one it begins on, or its number where the file has no lines (Report.Places).
//
// The report's Findings are complete, also beside an error, as far as the file could be read.
func Areas(ctx context.Context, t Target, path string, opts AreaOptions) (*Report, error) {
	j, err := begin(ctx, t, registry.ImportAreas, path, opts.mapping())
	if err != nil {
		return nil, err
	}
	defer j.close()
	unchanged := j.report.Unchanged
	if unchanged && !j.DryRun && !opts.Always {
		return j.report, nil
	}
	file, err := featurefile.Open(ctx, path, j.file, j.size, featurefile.Options{Layer: opts.Layer, Progress: j.tell("reading " + j.im.File)})
	if err != nil {
		return nil, err
	}
	defer file.Close()
	j.report.Places, j.rejects.places = file.Places, file.Places
	r := &areaReader{job: j, gazetteer: newGazetteer(t.Known), within: opts.Within, above: map[registry.AreaCode]string{}}
	if err := r.read(file); err != nil {
		return j.finish(err)
	}
	areas, err := r.complete()
	if err != nil {
		j.rejects.all = true // the report is worth having
		return j.finish(err)
	}
	j.im.Rows, j.im.Rejected = int64(len(areas)), j.rejects.count
	if j.DryRun || !unchanged {
		err = j.Store.PutAreas(ctx, t.Edition, j.im, areas)
	}
	if err == nil {
		j.noteUnexplained()
	}
	return j.finish(err)
}

// complete checks the file's areas, and adds those above them.
func (r *areaReader) complete() ([]registry.Area, error) {
	var before []registry.Area
	var err error
	if r.Append {
		if before, err = r.Store.Areas(r.ctx, r.Edition); err != nil {
			return nil, err
		}
	}
	r.checkLevels(before)
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	areas, err := r.withAncestors(before)
	if err != nil {
		return nil, err
	}
	index, err := registry.NewAreas(areas)
	if err != nil {
		return nil, err
	}
	r.checkLabels(index)
	return areas, nil
}

// areaReader makes areas of features.
type areaReader struct {
	*job
	*gazetteer
	within  registry.AreaCode
	areas   []registry.Area              // of the file, sorted by code once read
	above   map[registry.AreaCode]string // what the file calls the areas above its own
	renamed []string                     // names that differ from the gazetteer's
	faults  []string                     // what is wrong with boundaries, and where

	repairs                     geo.Repairs
	fromBPS, elsewhere, heights int64 // features
	positions                   int
}

// twin is a feature whose code another has, too.
type twin struct {
	name  string
	place int
	at    orb.Point
}

// read fills areas. Two features with one code are an error, since there is no telling which of them is right.
func (r *areaReader) read(file *featurefile.File) error {
	given := map[registry.AreaCode]twin{}
	var conflict *registry.Error
	for f, err := range file.Features() {
		if err != nil {
			return err
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
		area, ok := r.area(f)
		if !ok {
			continue
		}
		if first, twice := given[area.Code]; twice {
			err := registry.Conflict("code", "%q (%s %d) and %q (%s %d) both have the code %s", first.name, file.Places, first.place, area.Name, file.Places, f.Place, area.Code)
			r.find(Finding{Kind: FindingCodeTwice, Codes: []registry.AreaCode{area.Code}, Names: []string{first.name, area.Name}, Shape: orb.MultiPoint{first.at, area.Label}, Message: err.Message})
			if conflict == nil {
				conflict = err
			}
			continue
		}
		given[area.Code] = twin{area.Name, f.Place, area.Label}
		r.areas = append(r.areas, area)
		if r.positions += geo.Vertices(area.Boundary); r.positions > maxPositions || len(r.areas) > maxAreas {
			return registry.Invalid("file", "%s has more than %d areas or %d positions; import a part of it (--within 19.71), or simplify it", r.im.File, maxAreas, maxPositions)
		}
	}
	r.report.Notes = append(r.report.Notes, file.Notes()...)
	r.noteReading()
	slices.SortFunc(r.areas, func(a, b registry.Area) int { return strings.Compare(string(a.Code), string(b.Code)) })
	switch {
	case conflict != nil:
		r.rejects.all = true
		return conflict
	case len(r.areas) == 0:
		return r.refuseEmpty("features")
	}
	return nil
}

// area makes an area of a feature; not ok for one that is rejected or lies elsewhere.
func (r *areaReader) area(f featurefile.Feature) (area registry.Area, ok bool) {
	p := propertiesOf(f.Properties)
	code, isBPS, property, value, reason := p.code(r.gazetteer)
	if r.within != "" && !code.Within(r.within) { // of a whole country few codes are known
		r.elsewhere++
		return area, false
	}
	if reason != "" {
		r.rejects.add(f.Place, property, value, reason, "")
		return area, false
	}
	area = registry.Area{Code: code, BPSCode: p.bpsCode(), Source: p["source"]}
	if isBPS {
		r.fromBPS++
	}
	if k := r.byCode[code]; k != nil && k.BPSCode != "" {
		area.BPSCode = k.BPSCode
	}
	if area.Source == "" {
		area.Source = r.im.File
	}
	area.Name = r.properName(code, p.name(code.Level()))
	if area.Name == "" {
		r.rejects.add(f.Place, "name", "", isMissing, "")
		return area, false
	}
	for column, text := range map[string]string{"name": area.Name, "source": area.Source, "bps_code": area.BPSCode} {
		if reason := unfit(text); reason != "" {
			r.rejects.add(f.Place, column, text, reason, "")
			return area, false
		}
	}
	repairs, reason, fault := setBoundary(&area, f)
	if reason != "" {
		r.refuse(area, f.Place, reason, fault)
		return area, false
	}
	r.repairs.Add(repairs)
	if f.HasHeights {
		r.heights++
	}
	for l := code.Level() - 1; l >= registry.LevelProvinsi; l-- {
		if name := p.nameAbove(code.Level(), l); name != "" && unfit(name) == "" {
			r.above[code.At(l)] = name
		}
	}
	return area, true
}

// refuse rejects a feature for its boundary; fault tells the place, if there is one.
func (r *areaReader) refuse(a registry.Area, place int, reason string, fault *geo.Fault) {
	found := Finding{Kind: FindingInvalid, Codes: []registry.AreaCode{a.Code}, Names: []string{a.Name}, Message: a.Name + ": " + reason}
	detail := ""
	if fault != nil {
		detail = strings.TrimPrefix(fault.Error(), reason)
		found.Message += detail
		r.faults = append(r.faults, string(a.Code)+" "+found.Message)
		if geo.ValidateLonLat(fault.At) == nil {
			found.Shape = fault.At
		}
	}
	r.find(found)
	r.rejects.add(place, "geometry", string(a.Code)+" "+a.Name, reason, detail)
}

// noteReading tells what was done to features.
func (r *areaReader) noteReading() {
	if r.elsewhere > 0 {
		r.note("passed over %s that are not known to lie in %s", plural(r.elsewhere, "feature"), r.within)
	}
	if n := r.repairs.Turned; n > 0 {
		r.note("turned %s that ran against the right-hand rule", plural(int64(n), "ring"))
	}
	if n := r.repairs.Closed; n > 0 {
		r.note("closed %s whose last position was not the first", plural(int64(n), "ring"))
	}
	if n := r.repairs.Repeated; n > 0 {
		r.note("dropped %s that repeated the one before", plural(int64(n), "position"))
	}
	if r.heights > 0 {
		r.note("dropped the heights of %s", plural(r.heights, "feature"))
	}
	if r.fromBPS > 0 {
		r.note("read the BPS codes of %s as the Kemendagri codes of the same areas", plural(r.fromBPS, "feature"))
	}
	if r.renamed != nil {
		r.note("named otherwise than in the gazetteer: %s", some(r.renamed))
	}
	if r.faults != nil {
		r.note("boundaries that can't be used: %s", some(r.faults))
	}
}

// properName is the name an area gets, and remembers a file that calls it something else than the gazetteer does.
func (r *areaReader) properName(code registry.AreaCode, name string) string {
	proper, same := r.name(code, name)
	if !same {
		r.renamed = append(r.renamed, string(code)+" "+shown(name)+" (known as "+r.byCode[code].Name+")")
	}
	return proper
}

// unfit says why a text can't be a name; "" if it can.
func unfit(text string) string {
	switch {
	case strings.ContainsFunc(text, unicode.IsControl):
		return "holds control characters"
	case utf8.RuneCountInString(text) > maxNameLength:
		return fmt.Sprintf("is longer than %d characters", maxNameLength)
	}
	return ""
}

// setBoundary gives the area the feature's geometry, repaired, and what follows from it. Else reason says what is wrong
// with it, and fault where, if it is in a place.
func setBoundary(a *registry.Area, f featurefile.Feature) (repairs geo.Repairs, reason string, fault *geo.Fault) {
	switch g := f.Geometry.(type) {
	case nil:
		return repairs, cmp.Or(f.Fault, isMissing), nil
	case orb.Polygon, orb.MultiPolygon:
	default:
		return repairs, "is a " + g.GeoJSONType() + ", not a polygon", nil
	}
	whole, repairs := geo.Repair(f.Geometry)
	for _, validate := range []func(orb.Geometry) *geo.Fault{geo.ValidateLonLat, geo.Validate} {
		if fault := validate(whole); fault != nil {
			return repairs, fault.Reason, fault
		}
	}
	if geo.AreaKm2(whole) == 0 {
		return repairs, "covers no ground", nil
	}
	switch whole := whole.(type) {
	case orb.Polygon:
		a.Boundary = orb.MultiPolygon{whole}
	case orb.MultiPolygon:
		a.Boundary = whole
	}
	a.AreaKm2, a.Label = geo.AreaKm2(a.Boundary), geo.LabelPoint(a.Boundary)
	return repairs, "", nil
}

// some joins the first few of a list.
func some(list []string) string {
	if len(list) <= maxListed {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:maxListed], ", ") + " and " + plural(int64(len(list)-maxListed), "other")
}
