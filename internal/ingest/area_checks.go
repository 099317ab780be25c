package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// minSliverKm2 is the least overlap or gap worth telling: a square metre.
const minSliverKm2 = 1e-6

// checkLevels adds to the report what is odd about the boundaries but no reason to refuse them, among themselves and beside what
// the draft has (before).
func (r *areaReader) checkLevels(before []registry.Area) {
	before = slices.DeleteFunc(slices.Clone(before), func(old registry.Area) bool { // given again, which is refused later
		return slices.ContainsFunc(r.areas, func(a registry.Area) bool { return a.Code == old.Code })
	})
	for level := registry.LevelProvinsi; level <= registry.LevelKelurahan; level++ {
		ofLevel := func(list []registry.Area) []registry.Area {
			return slices.DeleteFunc(slices.Clone(list), func(a registry.Area) bool { return a.Level() != level })
		}
		if list := ofLevel(r.areas); len(list) > 0 {
			drafted := ofLevel(before)
			r.checkSlivers(list, drafted)
			r.checkCodes(level, drafted)
		}
	}
}

// checkSlivers tells where boundaries of one level overlap or leave ground between them. Of what the draft has, only what lies beside the
// file's is told: the rest was, when it came.
func (r *areaReader) checkSlivers(list, drafted []registry.Area) {
	ofFile := len(list)
	list = slices.Concat(list, drafted)
	old := func(i int) bool { return i >= ofFile }
	shapes := make([]orb.Geometry, len(list))
	for i := range list {
		shapes[i] = list[i].Boundary
	}
	told := r.tell("looking for overlaps")
	overlaps, err := geo.Overlaps(shapes, minSliverKm2, func(i int) error {
		told(int64(i), int64(len(shapes)))
		return r.ctx.Err()
	})
	if r.ctx.Err() != nil {
		return
	}
	if err != nil {
		r.note("overlaps could not be looked for: %v", err)
	}
	var found []sliver
	for _, o := range overlaps {
		if old(o.A) { // and so the other, which comes after it
			continue
		}
		found = append(found, r.sliver(FindingOverlap, list, []int{o.A, o.B}, o.AreaKm2, o.Shape, o.At))
	}
	r.noteSlivers(found, "boundaries overlap by %s in all; largest: %s")
	r.tell("looking for gaps")(0, 0)
	gaps, err := geo.Gaps(shapes, minSliverKm2)
	if err != nil {
		r.note("gaps could not be looked for: %v", err)
	}
	found = nil
	for _, g := range gaps {
		if !slices.ContainsFunc(g.Between, func(i int) bool { return !old(i) }) {
			continue
		}
		found = append(found, r.sliver(FindingGap, list, g.Between, g.AreaKm2, g.Shape, g.At))
	}
	r.noteSlivers(found, "boundaries leave gaps of %s in all; largest: %s")
}

// sliver adds ground between areas, by their places in the list, to the findings.
func (r *areaReader) sliver(kind FindingKind, list []registry.Area, between []int, areaKm2 float64, shape orb.Geometry, at orb.Point) sliver {
	found := Finding{Kind: kind, AreaKm2: areaKm2, Shape: shape}
	if geo.Vertices(shape) == 0 {
		found.Shape = at
	}
	for _, k := range between {
		found.Codes, found.Names = append(found.Codes, list[k].Code), append(found.Names, list[k].Name)
	}
	where := strings.Join(found.Names, " and ")
	if kind == FindingGap {
		found.Message = fmt.Sprintf("no area covers %s between %s", areaText(areaKm2), where)
		where = "between " + where
	} else {
		found.Message = fmt.Sprintf("%s overlap by %s", where, areaText(areaKm2))
	}
	r.find(found)
	return sliver{where, areaKm2}
}

type sliver struct {
	where   string
	areaKm2 float64
}

func (r *areaReader) noteSlivers(list []sliver, format string) {
	if len(list) == 0 {
		return
	}
	total := 0.0
	for _, s := range list {
		total += s.areaKm2
	}
	slices.SortStableFunc(list, func(a, b sliver) int { return cmp.Compare(b.areaKm2, a.areaKm2) })
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = s.where + " " + areaText(s.areaKm2)
	}
	r.note(format, areaText(total), some(texts))
}

func areaText(km2 float64) string {
	if km2 < 0.01 {
		return fmt.Sprintf("%.0f m²", km2*1e6)
	}
	return fmt.Sprintf("%.3f km²", km2)
}

// checkCodes compares the file's areas of a level, and those that the draft has, with those of the gazetteer in the same kota or kabupaten.
func (r *areaReader) checkCodes(level registry.AreaLevel, drafted []registry.Area) {
	if level < registry.LevelKecamatan {
		return
	}
	there, kota, knownKota := map[registry.AreaCode]bool{}, map[registry.AreaCode]bool{}, map[registry.AreaCode]bool{}
	for _, a := range r.areas {
		there[a.Code] = true
		if a.Level() == level {
			kota[a.Code.At(registry.LevelKabupatenKota)] = true
		}
	}
	for _, a := range drafted {
		there[a.Code] = true
	}
	var missing, extra []string
	for _, k := range r.Known {
		in := k.Code.At(registry.LevelKabupatenKota)
		if k.Code.Level() != level || !kota[in] {
			continue
		}
		knownKota[in] = true
		if !there[k.Code] {
			missing = append(missing, string(k.Code)+" "+k.Name)
			found := Finding{Kind: FindingMissing, Codes: []registry.AreaCode{k.Code}, Names: []string{k.Name}, Message: "the file lacks " + k.Name}
			if k.Point != (orb.Point{}) {
				found.Shape = k.Point
			}
			r.find(found)
		}
	}
	for _, a := range r.areas {
		if a.Level() == level && knownKota[a.Code.At(registry.LevelKabupatenKota)] && r.byCode[a.Code] == nil {
			extra = append(extra, string(a.Code)+" "+a.Name)
			r.find(Finding{Kind: FindingExtra, Codes: []registry.AreaCode{a.Code}, Names: []string{a.Name}, AreaKm2: a.AreaKm2, Shape: a.Label, Message: "the gazetteer does not know " + a.Name})
		}
	}
	if missing != nil {
		r.note("the file lacks %s", some(missing))
	}
	if extra != nil {
		r.note("the gazetteer does not know %s", some(extra))
	}
}

// checkLabels tells where the known point of an area lies in another: two that lie in each other have swapped labels.
func (r *areaReader) checkLabels(areas *registry.Areas) {
	at := map[registry.AreaCode]registry.AreaCode{}
	var astray []string
	for _, a := range r.areas {
		k := r.byCode[a.Code]
		if k == nil || k.Point == (orb.Point{}) || geo.Covers(a.Boundary, k.Point) {
			continue
		}
		if i, ok := areas.At(k.Point, a.Level()); ok {
			at[a.Code] = areas.Area(i).Code
		}
	}
	for _, a := range r.areas {
		k, other := r.byCode[a.Code], at[a.Code]
		switch {
		case other != "" && at[other] == a.Code:
			if i, _ := areas.Find(other); a.Code < other {
				b := areas.Area(i)
				message := fmt.Sprintf("labels of %s and %s look swapped: the known point of each lies in the other", a.Name, b.Name)
				r.note("%s", message)
				r.find(Finding{Kind: FindingSwapped, Codes: []registry.AreaCode{a.Code, other}, Names: []string{a.Name, b.Name}, Shape: orb.MultiPoint{k.Point, r.byCode[other].Point}, Message: message})
			}
		case k != nil && k.Point != (orb.Point{}) && !geo.Covers(a.Boundary, k.Point):
			astray = append(astray, a.Name)
			r.find(Finding{Kind: FindingAstray, Codes: []registry.AreaCode{a.Code}, Names: []string{a.Name}, Shape: k.Point, Message: "the known point of " + a.Name + " lies outside its boundary"})
		}
	}
	if astray != nil {
		r.note("the known points of %s lie outside their boundaries: %s", plural(int64(len(astray)), "area"), some(astray))
	}
}
