package ingest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearName is what a misspelt name was taken for.
type nearName struct {
	area   int
	reason string // why none was; "" when one was
}

// maxNear bounds what is remembered of misspelt names.
const maxNear = 10_000

// byLike finds a kelurahan whose name is almost what the file says, in a kecamatan named exactly or almost so. It must be
// nearer than any other of that kecamatan; what was taken for what is reported.
func (p *places) byLike(key [2]string, written string) (int, string) {
	found, known := p.near[key]
	if !known {
		found = p.search(key)
		if len(p.near) < maxNear {
			p.near[[2]string{strings.Clone(key[0]), strings.Clone(key[1])}] = found
		}
	}
	if found.reason == "" {
		pair := [2]string{strings.Join(strings.Fields(written), " "), p.areas.Area(found.area).Name}
		if _, old := p.byLikeness[pair]; !old {
			pair[0] = strings.Clone(pair[0])
		}
		p.byLikeness[pair]++
	}
	return found.area, found.reason
}

func (p *places) search(key [2]string) nearName {
	parents := map[string]bool{}
	for _, table := range []map[[2]string]int{p.names, p.spellings} {
		for name := range table {
			if name[1] == key[1] {
				parents[name[1]] = true
			}
		}
	}
	if len(parents) == 0 { // the kecamatan may be misspelt, too
		for _, table := range []map[[2]string]int{p.names, p.spellings} {
			for name := range table {
				if likeness(name[1], key[1]) >= 0 {
					parents[name[1]] = true
				}
			}
		}
	}
	best := map[int]int{} // area → distance
	for _, table := range []map[[2]string]int{p.names, p.spellings} {
		for name, area := range table {
			if d := likeness(name[0], key[0]); d >= 0 && parents[name[1]] {
				if old, ok := best[area]; !ok || d < old {
					best[area] = d
				}
			}
		}
	}
	areas := make([]int, 0, len(best))
	for area := range best {
		areas = append(areas, area)
	}
	slices.SortFunc(areas, func(a, b int) int { return cmp.Or(cmp.Compare(best[a], best[b]), cmp.Compare(a, b)) })
	switch {
	case len(areas) == 0:
		return nearName{0, "is not the name of a kelurahan in the kecamatan given"}
	case areas[0] == ambiguous, len(areas) > 1 && best[areas[0]] == best[areas[1]]:
		return nearName{0, "is almost the name of several kelurahan in the kecamatan given"}
	}
	return nearName{areas[0], ""}
}

// likeness is the number of letters by which two plain names differ, -1 when these are too many for their length: one
// from five letters on, two from eight on.
func likeness(a, b string) int {
	allowed := 0
	switch n := min(len(a), len(b)); {
	case n >= 8:
		allowed = 2
	case n >= 5:
		allowed = 1
	}
	if d := len(a) - len(b); d > allowed || -d > allowed {
		return -1
	}
	if d := levenshtein.ComputeDistance(a, b); d <= allowed {
		return d
	}
	return -1
}

// likenessNotes names each pair, the most frequent first.
func (p *places) likenessNotes(j *job) {
	pairs := make([][2]string, 0, len(p.byLikeness))
	for pair := range p.byLikeness {
		pairs = append(pairs, pair)
	}
	slices.SortFunc(pairs, func(a, b [2]string) int {
		return cmp.Or(cmp.Compare(p.byLikeness[b], p.byLikeness[a]), strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1]))
	})
	rest := int64(0)
	for i, pair := range pairs {
		if i < maxListed {
			j.note("took %q for %s, in %s; check it", shown(pair[0]), pair[1], plural(p.byLikeness[pair], "household"))
		} else {
			rest += p.byLikeness[pair]
		}
	}
	if rest > 0 {
		j.note("likewise %s with other names", plural(rest, "household"))
	}
}
