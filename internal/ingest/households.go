package ingest

import (
	"context"
	"errors"
	"slices"

	"kantong/internal/registry"
)

// errStopped ends the reading of a file when the store wants no more of it.
var errStopped = errors.New("stopped")

// Households imports a CSV file of households. Columns have the names of the attributes (see householdAttributes and
// placeColumns) unless mapping, which may be nil, says otherwise. The file must identify every household, by kk,
// household_id or id, and say its kelurahan, by area_code or by kelurahan and kecamatan.
func Households(ctx context.Context, t Target, path string, mapping *Mapping) (*Report, error) {
	j, err := begin(ctx, t, registry.ImportHouseholds, path, mapping)
	if err != nil {
		return nil, err
	}
	defer j.close()
	if j.report.Unchanged {
		return j.report, nil
	}
	places, err := newPlaces(j)
	if err != nil {
		return nil, err
	}
	match, err := newMatching(j)
	if err != nil {
		return nil, err
	}
	if len(match.base.ids) > 0 {
		if err := match.survey(j, places, mapping); err != nil {
			return nil, err
		}
	}
	r, err := newHouseholdReader(j, places, mapping, match)
	if err != nil {
		return nil, err
	}
	err = t.Store.PutHouseholds(ctx, t.Edition, &j.im, r.all)
	if err == nil {
		places.notes(j)
		r.notes()
	}
	return j.finish(err)
}

// householdReader makes households of rows. All it remembers of them is their ids and that their keys were seen.
type householdReader struct {
	*table
	places   *places
	identity *identity
	match    *matching
	keys     *familyKeys
	seen     map[registry.HouseholdID]uint32 // line, by the id that the family's number makes
	numbers  map[uint64]bool                 // of keys: whether several families have it
	setters  []setter
	area, kelurahan, kecamatan,
	longitude, latitude int // columns, -1 for none
}

type setter struct {
	column int
	set    func(h *registry.Household, value string) (reason string)
}

func newHouseholdReader(j *job, places *places, mapping *Mapping, match *matching) (*householdReader, error) {
	t, err := openTable(j, j.reader("reading"), householdColumnNames(), mapping)
	if err != nil {
		return nil, err
	}
	r := &householdReader{table: t, places: places, match: match, keys: newFamilyKeys(j.Secrets), seen: map[registry.HouseholdID]uint32{}, numbers: map[uint64]bool{},
		area: t.column("area_code"), kelurahan: t.column("kelurahan"), kecamatan: t.column("kecamatan"),
		longitude: t.column("longitude"), latitude: t.column("latitude")}
	if r.identity, err = newIdentity(t, j); err != nil {
		return nil, err
	}
	match.kind = r.identity.kind
	if r.area < 0 && (r.kelurahan < 0 || r.kecamatan < 0) {
		return nil, registry.Invalid("header", "no column says where a household lives: area_code, or kelurahan and kecamatan")
	}
	if (r.longitude < 0) != (r.latitude < 0) {
		return nil, registry.Invalid("header", "longitude and latitude come together; one of them is missing")
	}
	for _, a := range householdAttributes() {
		if column := t.column(a.name); column >= 0 {
			r.setters = append(r.setters, setter{column, a.set})
		}
	}
	return r, nil
}

// all gives the households of the file and counts them in the job's import.
func (r *householdReader) all(yield func(registry.Household, error) bool) {
	im := &r.job.im
	im.Rows = 0
	var h registry.Household
	err := r.rows(func(line int, fields []string) error {
		if fault := r.household(&h, line, fields); fault != nil {
			r.reject(line, fault)
			return nil
		}
		h.ID, h.MatchKeys = r.match.id(h.ID), slices.Clone(r.keys.list)
		r.see(h.MatchKeys)
		im.Rows++
		if !yield(h, nil) {
			return errStopped
		}
		return nil
	})
	im.Rejected = r.job.rejects.count
	if err == nil && im.Rows == 0 {
		err = r.job.refuseEmpty("households")
	}
	if err != nil && err != errStopped {
		yield(registry.Household{}, err)
	}
}

// household makes h the household of a row, with the id that its number makes, and gathers its keys.
func (r *householdReader) household(h *registry.Household, line int, fields []string) *fault {
	id, f := r.identity.read(r.table, fields)
	if f != nil {
		return f
	}
	area, f := r.areaOf(fields)
	if f != nil {
		return f
	}
	*h = registry.NewHousehold(id, r.places.areas.Area(area).Code)
	for _, s := range r.setters {
		if value := r.cell(fields, s.column); value != "" {
			if reason := s.set(h, value); reason != "" {
				return &fault{column: s.column, value: value, reason: reason}
			}
		}
	}
	h.Derive()
	if err := h.Check(); err != nil {
		return r.faultOf(err, fields)
	}
	if f := r.locate(h, area, fields); f != nil {
		return f
	}
	r.keys.begin()
	r.keys.read(r.table, fields)
	if first, twice := r.seen[id]; twice {
		return r.faultTwice(r.identity.column, fields, first)
	}
	if r.match.isHeld(id, r.keys.list) {
		return r.faultTwice(r.identity.column, fields, 0)
	}
	r.seen[id] = uint32(line)
	return nil
}

// areaOf finds the row's kelurahan: by code, and by names only where there is no code.
func (r *householdReader) areaOf(fields []string) (area int, f *fault) {
	column, value, reason := r.area, r.cell(fields, r.area), ""
	if value != "" || r.kelurahan < 0 || r.kecamatan < 0 {
		area, reason = r.places.byCode(value)
	} else {
		column, value = r.kelurahan, r.cell(fields, r.kelurahan)
		area, reason = r.places.byName(value, r.cell(fields, r.kecamatan))
	}
	if reason != "" {
		return 0, &fault{column: column, value: value, reason: reason}
	}
	return area, nil
}

// locate sets the household's point.
func (r *householdReader) locate(h *registry.Household, area int, fields []string) *fault {
	return r.places.place(r.table, h, area, fields, r.longitude, r.latitude)
}
