package postgis

import "kantong/internal/registry"

// addBenefits asks what programmes give: first for each household, which may have several enrolments in one, then for each
// group. The database is free to begin at the households, when few are asked for, or at the enrolments.
func (s *summary) addBenefits(b *batch) {
	st := &statement{}
	columns := s.columns()
	names := make([]fragment, len(columns)) // in the inner statement
	st.add("SELECT ")
	for i := range columns {
		names[i] = "h.value_" + number(int64(i))
		st.add(names[i], ", ")
	}
	st.add("h.program, ")
	st.tally("", "h.members")
	st.add(", sum(h.rupiah)::int8 FROM (SELECT ")
	for i, c := range columns {
		st.add(c, " AS value_", number(int64(i)), ", ")
	}
	const household = "h.id, h.area_code, h.members, h.record_key_1, h.record_key_2, n.program"
	st.add(household, ", sum(n.rupiah) AS rupiah")
	s.from(st, " JOIN ", s.e.enrolments, " n ON n.state = ", st.bind(s.e.state, "text"), " AND n.household = h.id AND n.area_code = h.area_code",
		" AND n.status = 'ACTIVE' AND n.rupiah IS NOT NULL")
	st.add(" GROUP BY ", household)
	for _, c := range columns {
		st.add(", ", c)
	}
	st.add(") AS h GROUP BY h.program")
	for _, name := range names {
		st.add(", ", name)
	}
	b.add(st, func(r *reader) {
		c := s.read(r)
		p, known := s.e.d.Program(r.text())
		if c != nil && known {
			c.Benefits[p] = registry.Benefit{Recorded: r.tally(), Rupiah: r.int()}
		}
	})
}
