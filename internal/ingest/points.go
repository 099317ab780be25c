package ingest

import (
	"context"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// pointColumns are all names that a file of points may have.
var pointColumns = []string{"kk", "household_id", "id", "nik", "id_dtks", "id_p3ke", "longitude", "latitude", "coordinates"}

// Points imports a CSV file that says where families of a draft live. A row names its family by any number that the draft knows
// it by. Coordinates are judged as in Households. Other families keep the location that they have.
func Points(ctx context.Context, t Target, path string, mapping *Mapping) (*Report, error) {
	t.Append = true // more never takes away what is there
	j, err := begin(ctx, t, registry.ImportPoints, path, mapping)
	if err != nil {
		return nil, err
	}
	defer j.close()
	if j.report.Unchanged && !j.DryRun {
		return j.report, nil
	}
	r, err := newPointReader(j, mapping)
	if err != nil {
		return nil, err
	}
	err = j.Store.PutPoints(ctx, t.Edition, &j.im, r.all)
	if err == nil {
		r.located.notes()
		r.places.notes(j)
	}
	return j.finish(err)
}

// pointReader makes points of rows.
type pointReader struct {
	*finder
	places    *places
	located   *located
	strangers strangers
	seen      map[registry.HouseholdID]uint32 // line
}

func newPointReader(j *job, mapping *Mapping) (*pointReader, error) {
	t, err := openTable(j, pointColumns, mapping)
	if err != nil {
		return nil, err
	}
	r := &pointReader{seen: map[registry.HouseholdID]uint32{}}
	if r.places, err = newPlaces(j); err == nil {
		r.located, err = newLocated(t, r.places)
	}
	if err == nil && r.located.columns() == nil {
		err = registry.Invalid("header", "no column says where a family lives: longitude and latitude, or coordinates")
	}
	if err == nil {
		r.finder, err = newFinder(t, j)
	}
	if err == nil {
		r.strangers, err = newStrangers(t, j)
	}
	return r, err
}

// all gives the points of the file and counts them in the job's import.
func (r *pointReader) all(yield func(registry.HouseholdPoint, error) bool) {
	j := r.job
	j.im.Rows = 0
	err := r.rows(func(line int, fields []string) error {
		family, point, f := r.row(line, fields)
		switch {
		case f != nil:
			r.reject(line, f)
			return nil
		case family == nil:
			return nil
		}
		j.im.Rows++
		r.strangers.matches.Matched++
		if !yield(registry.HouseholdPoint{Household: *family, Point: point}, nil) {
			return errStopped
		}
		return nil
	})
	j.im.Rejected = j.rejects.count
	j.report.Recipients = &r.strangers.matches
	if err == nil && j.im.Rows == 0 {
		err = r.strangers.refuseNone("points")
	}
	if err != nil && err != errStopped {
		yield(registry.HouseholdPoint{}, err)
	}
}

// row gives the family and the point of a row; nil for a row that names no family of the draft.
func (r *pointReader) row(line int, fields []string) (family *registry.HouseholdID, point geo.PointE7, f *fault) {
	found, f := r.find(fields)
	switch {
	case f != nil:
		return nil, point, f
	case found.ambiguous:
		r.strangers.matches.Ambiguous++
		return nil, point, r.faultAmbiguous(fields)
	case !found.known:
		r.strangers.add(r.table, line, fields, found, &registry.Enrolment{Status: registry.EnrolmentEnded})
		return nil, point, nil
	}
	for _, column := range r.located.columns() {
		if r.cell(fields, column) == "" {
			return nil, point, &fault{column: column, reason: isMissing}
		}
	}
	area, _ := r.places.areas.Find(r.households[found.family])
	h := registry.Household{}
	if f := r.located.locate(&h, area, fields); f != nil {
		return nil, point, f
	}
	if first, twice := r.seen[found.family]; twice {
		return nil, point, faultTwice(r.keys[0].column, r.cell(fields, r.keys[0].column), first)
	}
	r.seen[found.family] = uint32(line)
	return &found.family, h.Point, nil
}
