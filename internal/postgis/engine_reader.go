package postgis

import (
	"encoding/binary"

	"kantong/internal/registry"
)

// reader takes the values of a row one after the other, in PostgreSQL's binary form. It knows only the types that the
// engine's statements select; NULL is what each method says.
type reader struct {
	values [][]byte
	next   int
}

func (r *reader) value() []byte {
	v := r.values[r.next]
	r.next++
	return v
}

// intOr reads a whole number of any width.
func (r *reader) intOr(null int64) int64 {
	switch v := r.value(); len(v) {
	case 2:
		return int64(int16(binary.BigEndian.Uint16(v)))
	case 4:
		return int64(int32(binary.BigEndian.Uint32(v)))
	case 8:
		return int64(binary.BigEndian.Uint64(v))
	}
	return null
}

// int reads a whole number; NULL, such as the sum over nobody, is 0.
func (r *reader) int() int64 { return r.intOr(0) }

// known reads an attribute of a household.
func (r *reader) known() int { return int(r.intOr(registry.UnknownInt)) }

func (r *reader) bool() bool {
	v := r.value()
	return len(v) == 1 && v[0] == 1
}

// text reads text; NULL is "".
func (r *reader) text() string { return string(r.value()) }

func (r *reader) id() (id registry.HouseholdID) {
	copy(id[:], r.value())
	return id
}

// tally reads the four columns that statement.tally writes.
func (r *reader) tally() registry.Tally {
	return registry.Tally{Households: r.int(), People: r.int(), Keys: registry.RecordKey{uint32(r.int()), uint32(r.int())}}
}
