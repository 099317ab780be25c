package postgis

import (
	"math/big"

	"kantong/internal/registry"
)

// tally writes the columns of a registry.Tally over the rows for which the condition holds, over all when it is empty.
// Sums of record keys are right modulo 2³².
func (s *statement) tally(condition, people fragment) {
	filter := fragment("")
	if condition != "" {
		filter = " FILTER (WHERE " + condition + ")"
	}
	s.add("count(*)", filter, ", sum(", people, ")", filter, ", sum(h.record_key_1)", filter, ", sum(h.record_key_2)", filter)
}

// addPoverty asks for the sums of all poverty lines.
func (s *summary) addPoverty(b *batch) {
	st := &statement{}
	st.add("SELECT ")
	columns := s.columns()
	for _, c := range columns {
		st.add(c, ", ")
	}
	for i, line := range s.q.Lines {
		if i > 0 {
			st.add(", ")
		}
		const known = "h.expenditure IS NOT NULL AND h.members IS NOT NULL"
		rupiah := st.bind(line, "int8")
		poor := known + " AND h.expenditure < " + rupiah
		st.tally(known, "h.members")
		st.add(", sum(h.members::int4 * h.members) FILTER (WHERE ", known, "), ")
		st.tally(poor, "h.members")
		gap := "(" + rupiah + " - h.expenditure)::numeric" // of which the square may not fit in 64 bits
		st.add(", sum(h.members * ", gap, ") FILTER (WHERE ", poor, ")::text, sum(h.members * ", gap, " * ", gap, ") FILTER (WHERE ", poor, ")::text")
		// Whole numbers above zero, so that dividing them cuts as it should. The fourth power fits in 64 bits, of one person.
		share := "(" + number(registry.GapUnit) + " * (" + rupiah + " - h.expenditure) / nullif(" + rupiah + ", 0))"
		st.add(", sum(h.members * (", share, " * ", share, " * ", share, " * ", share, ")::numeric) FILTER (WHERE ", poor, ")::text")
	}
	s.from(st)
	separator := fragment(" GROUP BY ")
	for _, c := range columns {
		st.add(separator, c)
		separator = ", "
	}
	b.add(st, func(r *reader) {
		c := s.read(r)
		if c == nil {
			return
		}
		for i := range c.Poverty {
			p := &c.Poverty[i]
			p.Base, p.MembersSquared = r.tally(), r.int()
			p.Poor = r.tally()
			p.Gap = int64(uint128(r.text()).Lo)
			p.GapSquared, p.GapFourth = uint128(r.text()), uint128(r.text())
		}
	})
}

// uint128 reads a sum that the database wrote; "" is the sum over nobody. What is above 128 bits is cut off.
func uint128(digits string) (u registry.Uint128) {
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok {
		return u
	}
	low := new(big.Int)
	half := new(big.Int).SetUint64(^uint64(0))
	u.Lo = low.And(n, half).Uint64()
	u.Hi = low.And(n.Rsh(n, 64), half).Uint64()
	return u
}
