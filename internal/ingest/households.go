package ingest

import (
	"context"
	"errors"
	"strings"
	"time"

	"kantong/internal/registry"
)

// errStopped ends the reading of a file when the store wants no more of it.
var errStopped = errors.New("stopped")

// Households imports a file of households: CSV, XLSX or GeoPackage. Columns have the names of the attributes (see
// householdAttributes and placeColumns) unless mapping, which may be nil, says otherwise. The file must identify every
// household, by kk, household_id or id, and say its kelurahan, by area_code or by kelurahan and kecamatan. With a mapping
// that says so, its rows are persons, who are folded into households.
func Households(ctx context.Context, t Target, path string, mapping *Mapping) (*Report, error) {
	j, err := begin(ctx, t, registry.ImportHouseholds, path, mapping)
	if err != nil {
		return nil, err
	}
	defer j.close()
	if j.report.Unchanged && !j.DryRun {
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
	err = j.Store.PutHouseholds(ctx, t.Edition, &j.im, r.all)
	if err == nil {
		r.notes()
	}
	return j.finish(err)
}

// asOf is the day of the edition, on which ages are taken.
func (j *job) asOf() (time.Time, error) {
	list, err := j.Store.Editions(j.ctx)
	if err != nil {
		return time.Time{}, err
	}
	for _, e := range list {
		if e.ID == j.Edition {
			return time.Parse(time.DateOnly, string(e.AsOf))
		}
	}
	return time.Time{}, registry.NotFound("edition", "there is no edition %s", j.Edition)
}

// householdReader makes households of rows. All it remembers of them is their ids and that their keys were seen; of persons,
// it gathers the families.
type householdReader struct {
	*table
	places                                               *places
	identity                                             *identity
	match                                                *matching
	keys                                                 *familyKeys
	arena                                                []registry.MatchKey             // of rows: one allocation for many
	seen                                                 map[registry.HouseholdID]uint32 // line, by the id that the family's number makes
	numbers                                              map[uint64]bool                 // of keys: whether several families have it
	located                                              *located
	persons                                              *familyFolder // nil for files of families
	setters                                              []setter
	area, kelurahan, kecamatan, address, toilet, excreta int   // columns, -1 for none
	fromAddress                                          int64 // households whose RT or RW was taken from the address
}

type setter struct {
	column int
	set    func(h *registry.Household, value string) (reason string)
}

func newHouseholdReader(j *job, places *places, mapping *Mapping, match *matching) (*householdReader, error) {
	names, persons := householdColumnNames(), mapping != nil && mapping.persons
	if persons {
		names = append(names, personColumnNames()...)
	}
	t, err := openTable(j, names, mapping)
	if err != nil {
		return nil, err
	}
	r := &householdReader{table: t, places: places, match: match, keys: newFamilyKeys(j.Secrets), seen: map[registry.HouseholdID]uint32{}, numbers: map[uint64]bool{},
		area: t.column("area_code"), kelurahan: t.column("kelurahan"), kecamatan: t.column("kecamatan"), address: t.column("rt_rw"),
		toilet: t.column("toilet"), excreta: t.column("excreta")}
	if r.identity, err = newIdentity(t, j); err != nil {
		return nil, err
	}
	match.kind = r.identity.kind
	if r.area < 0 && (r.kelurahan < 0 || r.kecamatan < 0) {
		return nil, registry.Invalid("header", "no column says where a household lives: area_code, or kelurahan and kecamatan")
	}
	if r.located, err = newLocated(t, places); err != nil {
		return nil, err
	}
	for _, a := range householdAttributes() {
		if column := t.column(a.name); column >= 0 {
			r.setters = append(r.setters, setter{column, a.set})
		}
	}
	if persons {
		r.persons, err = newFamilyFolder(r)
	}
	return r, err
}

// all gives the households of the file and counts them in the job's import.
func (r *householdReader) all(yield func(registry.Household, error) bool) {
	im := &r.job.im
	im.Rows = 0
	err := r.each(func(h *registry.Household, keys []registry.MatchKey) error {
		h.ID, h.MatchKeys = r.match.id(h.ID), keys
		r.see(h.MatchKeys)
		im.Rows++
		if !yield(*h, nil) {
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

// each gives the households of the file with the ids that their numbers make, and their keys, that of the number first.
func (r *householdReader) each(take func(h *registry.Household, keys []registry.MatchKey) error) error {
	if r.persons != nil {
		return r.persons.each(take)
	}
	for row := range ahead(r.parsed) {
		if row.err != nil {
			return row.err
		}
		if row.fault == nil {
			row.fault = r.first(row)
		}
		if row.fault != nil {
			r.reject(row.line, row.fault)
			continue
		}
		if err := take(&row.household, row.keys); err != nil {
			return err
		}
	}
	return nil
}

// parsedRow is what a row says by itself. err is the last one's, and ends the file.
type parsedRow struct {
	line      int
	household registry.Household // with the id that its number makes
	number    string
	keys      []registry.MatchKey
	fault     *fault
	err       error
}

// parsed reads the rows of the file, which may go on in another goroutine than that which takes them: it tells of faults by what it
// gives, and reads nothing that the other writes.
func (r *householdReader) parsed(out *lane[parsedRow]) {
	r.faulty = func(line int, f *fault) {
		if row := out.slot(); row != nil {
			*row = parsedRow{line: line, fault: f}
		}
	}
	err := r.rows(func(line int, fields []string) error {
		row := out.slot()
		if row == nil {
			return errStopped
		}
		row.line, row.fault, row.err = line, nil, nil // the rest counts where there is no fault
		row.fault = r.parse(row, fields)
		return nil
	})
	if err == nil || err == errStopped {
		return
	}
	if row := out.slot(); row != nil {
		*row = parsedRow{err: err}
	}
}

// parse makes the household of a row and gathers its keys.
func (r *householdReader) parse(row *parsedRow, fields []string) *fault {
	id, f := r.identity.read(r.table, fields)
	if f != nil {
		return f
	}
	row.number = r.cell(fields, r.identity.column)
	area, f := r.attributes(&row.household, id, fields)
	if f != nil {
		return f
	}
	row.household.Derive()
	if err := row.household.Check(); err != nil {
		return r.faultOf(err, fields)
	}
	if f := r.located.locate(&row.household, area, fields); f != nil {
		return f
	}
	r.keys.begin()
	r.keys.read(r.table, fields)
	if free := cap(r.arena) - len(r.arena); free < len(r.keys.list) {
		r.arena = make([]registry.MatchKey, 0, max(aheadRows, len(r.keys.list)))
	}
	begin := len(r.arena)
	r.arena = append(r.arena, r.keys.list...)
	row.keys = r.arena[begin:len(r.arena):len(r.arena)]
	return nil
}

// first checks that a row is the first of its household.
func (r *householdReader) first(row *parsedRow) *fault {
	id := row.household.ID
	if line, twice := r.seen[id]; twice {
		return faultTwice(r.identity.column, row.number, line)
	}
	if r.match.isHeld(id, row.keys) {
		return faultTwice(r.identity.column, row.number, 0)
	}
	r.seen[id] = uint32(row.line)
	return nil
}

// read sets what a row says of its household, which is not checked as a whole.
func (r *householdReader) read(h *registry.Household, id registry.HouseholdID, fields []string) *fault {
	area, f := r.attributes(h, id, fields)
	if f != nil {
		return f
	}
	return r.located.locate(h, area, fields)
}

// attributes sets everything but the location.
func (r *householdReader) attributes(h *registry.Household, id registry.HouseholdID, fields []string) (area int, f *fault) {
	if area, f = r.areaOf(fields); f != nil {
		return 0, f
	}
	*h = registry.NewHousehold(id, r.places.areas.Area(area).Code)
	for _, s := range r.setters {
		if value := r.cell(fields, s.column); value != "" {
			if reason := s.set(h, value); reason != "" {
				return 0, &fault{column: s.column, value: value, reason: reason}
			}
		}
	}
	if r.toilet >= 0 || r.excreta >= 0 {
		toilet, excreta := strings.ToLower(r.cell(fields, r.toilet)), strings.ToLower(r.cell(fields, r.excreta))
		if reason := checkValue("toilet", toilet); toilet != "" && reason != "" {
			return 0, &fault{column: r.toilet, value: toilet, reason: reason}
		}
		if reason := checkValue("excreta", excreta); excreta != "" && reason != "" {
			return 0, &fault{column: r.excreta, value: excreta, reason: reason}
		}
		if h.Sanitation == "" {
			h.Sanitation = sanitationOf(toilet, excreta)
		}
	}
	if r.address >= 0 && (h.RT == "" || h.RW == "") {
		rt, rw := rtRW(fields[r.address])
		took := h.RT == "" && rt != "" || h.RW == "" && rw != ""
		if h.RT == "" {
			h.RT = rt
		}
		if h.RW == "" {
			h.RW = rw
		}
		if took {
			r.fromAddress++
		}
	}
	return area, nil
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
