package ingest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/paulmach/orb"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// places finds the kelurahan of a row, and counts what a person should know about how it was found.
type places struct {
	areas     *registry.Areas
	codes     map[string]int    // Kemendagri and BPS codes → area
	names     map[[2]string]int // kelurahan and kecamatan → area; ambiguous for several
	spellings map[[2]string]int // likewise, by other spellings
	mapped    bool              // some area has a boundary

	digits map[string]int         // Kemendagri codes without dots → area; ambiguous where it is another's BPS code
	near   map[[2]string]nearName // what was found by likeness, by plain names

	byBPS, byDigits, byNames, bySpelling int64
	byLikeness                           map[[2]string]int64 // as written, as it is called → households
	elsewhere                            map[[2]int]int64    // area by code, area by location → households
}

// quiet finds the same and counts for itself.
func (p *places) quiet() *places {
	q := *p
	q.byBPS, q.byDigits, q.byNames, q.bySpelling = 0, 0, 0, 0
	q.byLikeness, q.elsewhere = map[[2]string]int64{}, map[[2]int]int64{}
	return &q
}

// ambiguous stands for a name that several areas have.
const ambiguous = -1

func newPlaces(j *job) (*places, error) {
	list, err := j.Store.Areas(j.ctx, j.Edition)
	if err != nil {
		return nil, err
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		return nil, err
	}
	if len(areas.Level(registry.LevelKelurahan)) == 0 {
		return nil, registry.Invalid("edition", "%s has no kelurahan yet; import its areas first", j.Edition)
	}
	p := &places{areas: areas, codes: map[string]int{}, digits: map[string]int{}, near: map[[2]string]nearName{}, byLikeness: map[[2]string]int64{}, names: map[[2]string]int{}, spellings: map[[2]string]int{},
		mapped: !areas.Bound().IsZero(), elsewhere: map[[2]int]int64{}}
	p.index(j.Known)
	return p, nil
}

// index fills the tables of codes and names. Spellings are apart from names: published sources have swapped the names
// of neighbours, and such a spelling must not make the proper name ambiguous.
func (p *places) index(known []KnownArea) {
	official, other := map[registry.AreaCode][]string{}, map[registry.AreaCode][]string{}
	for i := range p.areas.Len() {
		a := p.areas.Area(i)
		official[a.Code] = append(official[a.Code], a.Name)
		if a.Level() == registry.LevelKelurahan {
			p.codes[string(a.Code)] = i
			p.addBPS(a.BPSCode, i)
		}
	}
	for _, k := range known {
		official[k.Code] = append(official[k.Code], k.Name)
		other[k.Code] = append(other[k.Code], k.Spellings...)
		if i, ok := p.areas.Find(k.Code); ok && k.Code.Level() == registry.LevelKelurahan {
			p.addBPS(k.BPSCode, i)
		}
	}
	for _, i := range p.areas.Level(registry.LevelKelurahan) {
		code := p.areas.Area(i).Code
		digits := strings.ReplaceAll(string(code), ".", "")
		p.digits[digits] = i
		if other, ok := p.codes[digits]; ok && other != i {
			p.codes[digits], p.digits[digits] = ambiguous, ambiguous
		}
		for _, parent := range append(slices.Clone(official[code.Parent()]), other[code.Parent()]...) {
			for _, name := range official[code] {
				addName(p.names, name, parent, i)
			}
			for _, name := range other[code] {
				addName(p.spellings, name, parent, i)
			}
		}
	}
}

func (p *places) addBPS(code string, i int) {
	if code != "" {
		p.codes[code] = i
	}
}

func addName(table map[[2]string]int, name, parent string, i int) {
	key := [2]string{plainName(name), plainName(parent)}
	if first, ok := table[key]; ok && first != i {
		i = ambiguous
	}
	table[key] = i
}

// plainName is a name without case, spaces, signs and the word for what it names: "Kel. Tua Tunu" is "tuatunu".
func plainName(name string) string {
	words := columnWords(name)
	if len(words) > 1 && slices.Contains([]string{"kelurahan", "kel", "desa", "kecamatan", "kec"}, words[0]) {
		words = words[1:]
	}
	return strings.Join(words, "")
}

// byCode finds the kelurahan of a code.
func (p *places) byCode(code string) (area int, reason string) {
	area, ok := p.codes[code]
	if !ok {
		if i, found := p.digits[code]; found {
			p.byDigits++
			return i, ""
		}
	}
	switch {
	case ok && area == ambiguous:
		return 0, "is the BPS code of one kelurahan and the Kemendagri code of another; write the latter with dots"
	case ok:
		if !strings.Contains(code, ".") {
			p.byBPS++
		}
		return area, ""
	case code == "":
		return 0, isMissing
	}
	parsed, err := registry.ParseAreaCode(code)
	switch {
	case err != nil && len(code) == 10 && !strings.ContainsFunc(code, func(c rune) bool { return !unicode.IsDigit(c) }):
		return 0, "is not a BPS code of an area of the edition"
	case err != nil:
		return 0, "is not an area code such as 19.71.03.1004"
	case parsed.Level() != registry.LevelKelurahan:
		return 0, "is not the code of a kelurahan or desa"
	}
	return 0, "is not an area of the edition"
}

// byName finds a kelurahan by its name and its kecamatan's.
func (p *places) byName(kelurahan, kecamatan string) (area int, reason string) {
	if kelurahan == "" {
		return 0, isMissing
	}
	key := [2]string{plainName(kelurahan), plainName(kecamatan)}
	area, ok := p.names[key]
	spelled := false
	if !ok {
		area, ok = p.spellings[key]
		spelled = ok
	}
	if !ok {
		return p.byLike(key, kelurahan)
	}
	switch {
	case area == ambiguous:
		return 0, "is the name of several kelurahan in the kecamatan given"
	case spelled:
		p.bySpelling++
	default:
		p.byNames++
	}
	return area, ""
}

// locate turns a position into the point of a household of area; axis names the column at fault. A position in another
// area is taken and counted, since houses stand where they stand and registers lag behind.
func (p *places) locate(lon, lat float64, area int) (point geo.PointE7, axis, reason string) {
	at := orb.Point{lon, lat}
	bound := p.areas.Bound()
	switch {
	case p.mapped && !bound.Contains(at) && bound.Contains(orb.Point{lat, lon}):
		return point, "longitude", "lies outside every area, but would not with longitude and latitude swapped"
	case math.Abs(lon) > 180:
		return point, "longitude", "is outside -180 to 180"
	case math.Abs(lat) > 90:
		return point, "latitude", "is outside -90 to 90"
	case lon == 0 && lat == 0:
		return point, "longitude", outsideEveryArea
	}
	point.Lon, point.Lat = geo.ToE7(at)
	at = point.Point() // judged as it will be stored
	own := p.areas.Area(area).Boundary
	found, ok := p.areas.At(at, registry.LevelKelurahan)
	switch {
	case !p.mapped, ok && found == area, !ok && own == nil:
	case !ok:
		return point, "longitude", outsideEveryArea
	case own == nil || !geo.Covers(own, at): // on a shared edge both are right
		p.elsewhere[[2]int{area, found}]++
	}
	return point, "", ""
}

const outsideEveryArea = "lies outside every area"

// maxListed is how many of a kind a note names.
const maxListed = 10

// notes reports what was counted.
func (p *places) notes(j *job) {
	if p.byBPS > 0 {
		j.note("read the BPS codes of %s as the Kemendagri codes of the same kelurahan", plural(p.byBPS, "household"))
	}
	if p.byNames > 0 {
		j.note("placed %s without an area code by the names of kelurahan and kecamatan", plural(p.byNames, "household"))
	}
	if p.byDigits > 0 {
		j.note("read Kemendagri codes without dots of %s", plural(p.byDigits, "household"))
	}
	if p.bySpelling > 0 {
		j.note("placed %s by another known spelling of the name", plural(p.bySpelling, "household"))
	}
	p.likenessNotes(j)
	pairs := make([][2]int, 0, len(p.elsewhere))
	for pair := range p.elsewhere {
		pairs = append(pairs, pair)
	}
	slices.SortFunc(pairs, func(a, b [2]int) int {
		return cmp.Or(cmp.Compare(p.elsewhere[b], p.elsewhere[a]), a[0]-b[0], a[1]-b[1])
	})
	var rest int64
	for i, pair := range pairs {
		if n := p.elsewhere[pair]; i < maxListed {
			verb := "lie"
			if n == 1 {
				verb = "lies"
			}
			j.note("%s of %s %s in %s", plural(n, "household"), p.areas.Area(pair[0]).Name, verb, p.areas.Area(pair[1]).Name)
		} else {
			rest += n
		}
	}
	if rest > 0 {
		j.note("likewise %s in %s of areas", plural(rest, "household"), plural(int64(len(pairs)-maxListed), "other pair"))
	}
}

// plural writes a count with its noun.
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
