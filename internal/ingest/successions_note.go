package ingest

import (
	"kantong/internal/registry"
)

// noteUnexplained tells of kelurahan and kecamatan that the newest published edition has and the draft has not, unless
// something came from them, and the other way round: comparisons take an area for the one of the same code, or for what
// successions say, and for nothing else. What went in stays in when this fails.
func (j *job) noteUnexplained() {
	base, before, err := j.areasBefore()
	var areas []registry.Area
	var successions []registry.Succession
	if err == nil && base != "" {
		areas, err = j.Store.Areas(j.ctx, j.Edition)
	}
	if err == nil && base != "" {
		successions, err = j.Store.Successions(j.ctx, j.Edition)
	}
	if err != nil {
		j.note("areas could not be compared with those of the edition before: %v", err)
	}
	if err != nil || base == "" {
		return
	}
	explained := [2]map[registry.AreaCode]bool{{}, {}} // before, here
	for i, list := range [][]registry.Area{areas, before} {
		for k := range list {
			explained[i][list[k].Code] = true
		}
	}
	for _, s := range successions {
		explained[0][s.Predecessor], explained[1][s.Code] = true, true
	}
	if gone := unexplained(before, explained[0]); gone != nil {
		j.note("edition %s has areas that are not here, and nothing says what became of them: %s (kantong import successions)", base, some(gone))
	}
	if fresh := unexplained(areas, explained[1]); fresh != nil {
		j.note("areas that edition %s does not have, and nothing says what they came from: %s (kantong import successions)", base, some(fresh))
	}
}

// areasBefore gives the newest published edition, "" for none, and its areas.
func (j *job) areasBefore() (base string, areas []registry.Area, err error) {
	editions, err := j.Store.Editions(j.ctx)
	if base = newest(editions); err != nil || base == "" {
		return "", nil, err
	}
	areas, err = j.Store.Areas(j.ctx, base)
	return base, areas, err
}

// unexplained gives code and name of the kelurahan and kecamatan of a list that are not explained.
func unexplained(list []registry.Area, explained map[registry.AreaCode]bool) (out []string) {
	for i := range list {
		if a := &list[i]; a.Level() >= registry.LevelKecamatan && !explained[a.Code] {
			out = append(out, string(a.Code)+" "+a.Name)
		}
	}
	return out
}
