package postgis

import (
	"context"

	"kantong/internal/registry"
)

// Details reads rows, enrolments and attributes in one round trip.
func (e *Engine) Details(ctx context.Context, ids []registry.HouseholdID, want registry.DetailParts) ([]registry.Details, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([]registry.Details, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	wanted := uuids(ids)
	rows := make(map[registry.HouseholdID]registry.Row, len(ids))
	enrolments := map[registry.HouseholdID][]registry.Enrolment{}
	attributes := map[registry.HouseholdID]*registry.Household{}
	b := &batch{}
	e.addRowsOf(b, wanted, rows)
	if want&registry.DetailEnrolments != 0 {
		e.addEnrolmentsOf(b, wanted, enrolments)
	}
	if want&registry.DetailAttributes != 0 {
		e.addAttributesOf(b, wanted, attributes)
	}
	if err := e.run(ctx, b); err != nil {
		return nil, err
	}
	for i, id := range ids {
		row, found := rows[id]
		if !found {
			continue
		}
		out[i] = registry.Details{Found: true, Row: row, Attributes: attributes[id]}
		if want&registry.DetailEnrolments != 0 {
			out[i].Enrolments = append([]registry.Enrolment{}, enrolments[id]...)
		}
	}
	return out, nil
}

func (e *Engine) addRowsOf(b *batch, ids [][16]byte, rows map[registry.HouseholdID]registry.Row) {
	s := &statement{}
	s.add("SELECT ", rowColumns)
	e.from(s, &registry.Filter{})
	e.ofState(s)
	s.add(" AND h.id = ANY (", s.bind(ids, "uuid[]"), ")")
	b.add(s, func(r *reader) {
		row := e.row(r)
		rows[row.ID] = row
	})
}

// addEnrolmentsOf reads enrolments in their order, which seq counts.
func (e *Engine) addEnrolmentsOf(b *batch, ids [][16]byte, enrolments map[registry.HouseholdID][]registry.Enrolment) {
	s := &statement{}
	s.add("SELECT n.household, n.program, n.status, to_char(n.since, 'YYYY-MM-DD'), to_char(n.until, 'YYYY-MM-DD'), n.persons, n.rupiah, n.decree",
		" FROM ", e.enrolments, " n WHERE n.state = ", s.bind(e.state, "text"), " AND n.household = ANY (", s.bind(ids, "uuid[]"), ") ORDER BY n.household, n.seq")
	b.add(s, func(r *reader) {
		n := registry.Enrolment{Household: r.id(), Program: r.text()}
		n.Status, _ = registry.ParseEnrolmentStatus(r.text()) // the store writes no other
		n.Since, n.Until = registry.Date(r.text()), registry.Date(r.text())
		n.Persons, n.Rupiah, n.Decree = r.known(), r.intOr(registry.UnknownInt), r.text()
		enrolments[n.Household] = append(enrolments[n.Household], n)
	})
}

// addAttributesOf reads households as published.
func (e *Engine) addAttributesOf(b *batch, ids [][16]byte, attributes map[registry.HouseholdID]*registry.Household) {
	s := &statement{}
	s.add(fragment(selectHouseholds("", string(e.attributes))), " WHERE h.edition = ", s.bind(e.d.State.Edition.ID, "text"), " AND h.id = ANY (", s.bind(ids, "uuid[]"), ")")
	b.add(s, func(r *reader) {
		h := &registry.Household{}
		readHousehold(h, r.values)
		attributes[h.ID] = h
	})
}
