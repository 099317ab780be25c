package ingest

import (
	"slices"

	"kantong/internal/registry"
)

// finder finds the families that rows of a list name. Every number that the edition knows narrows them down.
type finder struct {
	*table
	index      *keyIndex
	households map[registry.HouseholdID]registry.AreaCode // all of the edition
	ids        *registry.Identities
}

// sought is what was found for a row.
type sought struct {
	family    registry.HouseholdID
	known     bool               // some number of the row is one of the edition
	ambiguous bool               // of different families
	name      registry.MatchHash // of the first number: the same recipient has the same
	person    registry.MatchHash // of the first NIK; zero for none
}

func newFinder(t *table, j *job) (*finder, error) {
	if len(t.keys) == 0 {
		return nil, registry.Invalid("header", "no column identifies the households: kk (family-card number), nik, id_dtks, id_p3ke, household_id or id")
	}
	f := &finder{table: t, households: map[registry.HouseholdID]registry.AreaCode{}, ids: j.Secrets.Identities()}
	for h, err := range j.Store.Households(j.ctx, j.Edition) {
		if err != nil {
			return nil, err
		}
		f.households[h.ID] = h.Area
	}
	if len(f.households) == 0 {
		return nil, registry.Invalid("edition", "%s has no households yet; import them first", j.Edition)
	}
	var err error
	f.index, err = newKeyIndex(j.Store.MatchKeys(j.ctx, j.Edition))
	return f, err
}

// find looks for the family of a row. A row without any usable number is at fault.
func (f *finder) find(fields []string) (s sought, bad *fault) {
	var left []registry.HouseholdID
	usable := false
	for _, c := range f.keys {
		value := f.cell(fields, c.column)
		if value == "" {
			continue
		}
		hash, families, reason := f.families(c.kind, value)
		if reason != "" {
			if bad == nil {
				bad = &fault{column: c.column, value: value, reason: reason}
			}
			continue
		}
		if !usable {
			s.name, usable = hash, true
		}
		if c.attribute == attributeNIK && s.person == (registry.MatchHash{}) {
			s.person = hash
		}
		switch {
		case len(families) == 0:
		case !s.known:
			left, s.known = families, true
		default:
			left = slices.DeleteFunc(left, func(id registry.HouseholdID) bool { return !slices.Contains(families, id) })
		}
	}
	switch {
	case !usable && bad == nil:
		return s, &fault{column: f.keys[0].column, reason: isMissing}
	case !usable:
		return s, bad
	case len(left) == 1:
		s.family = left[0]
	case s.known:
		s.ambiguous = true
	}
	return s, nil
}

// families gives those of a number. Families that an older program imported have no keys: their ids tell.
func (f *finder) families(kind registry.MatchKind, value string) (hash registry.MatchHash, ids []registry.HouseholdID, reason string) {
	if kind == "" {
		id, err := registry.ParseHouseholdID(value)
		if err != nil {
			return hash, nil, "is not a household id of 32 hexadecimal digits"
		}
		if _, ok := f.households[id]; ok {
			ids = append(ids, id)
		}
		return registry.MatchHash(id), ids, ""
	}
	number, reason := parseKey(kind, value)
	if reason != "" {
		return hash, nil, reason
	}
	hash = f.ids.Match(kind, number).Hash
	for _, e := range f.index.find(hash) {
		ids = append(ids, f.index.ids[e.position()])
	}
	if len(ids) == 0 {
		made := f.ids.Of(idDomain(kind), number)
		if _, ok := f.households[made]; ok && !f.index.has(made, kind) {
			ids = append(ids, made)
		}
	}
	return hash, ids, ""
}

// faultAmbiguous is the fault of a row whose numbers belong to different families.
func (f *finder) faultAmbiguous(fields []string) *fault {
	c := f.keys[0].column
	return &fault{column: c, value: f.cell(fields, c), reason: "belongs, with the row's other numbers, to different families of the edition"}
}
