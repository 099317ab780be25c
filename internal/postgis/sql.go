package postgis

import (
	"strconv"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// fragment is a piece of SQL. Only constants of this package become fragments without a conversion, so that text which
// came from outside can't end up in a statement: it is bound.
type fragment string

// number writes a whole number of the program's own, such as a bit, into a statement.
func number(n int64) fragment { return fragment(strconv.FormatInt(n, 10)) }

// statement is SQL with the values of its parameters. Equal questions make equal text, so that it is prepared once.
type statement struct {
	text []byte
	args []any
}

func (s *statement) add(parts ...fragment) {
	for _, p := range parts {
		s.text = append(s.text, p...)
	}
}

// bind adds a parameter and gives its place in the text, with the type that it is sent as.
func (s *statement) bind(value any, kind fragment) fragment {
	s.args = append(s.args, value)
	return "$" + number(int64(len(s.args))) + "::" + kind
}

// envelope gives a rectangle in degrees as a geometry.
func (s *statement) envelope(b orb.Bound) fragment {
	return "ST_MakeEnvelope(" + s.bind(b.Min[0], "float8") + ", " + s.bind(b.Min[1], "float8") + ", " +
		s.bind(b.Max[0], "float8") + ", " + s.bind(b.Max[1], "float8") + ", 4326)"
}

// from writes where the rows that a filter keeps come from. Further conditions may follow.
func (e *Engine) from(s *statement, f *registry.Filter) {
	s.add(" FROM ", e.households, " h WHERE ")
	e.filter(s, f)
}

// ofState writes the condition that holds for every row, by which the key of household and state is found by household.
func (e *Engine) ofState(s *statement) {
	s.add(" AND h.state = ", s.bind(e.state, "text"))
}
