package registry

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// MaxFirst is the largest page.
const MaxFirst = 200

// CheckFirst tells whether a page size is answered.
func CheckFirst(first int) error {
	if first < 0 || first > MaxFirst {
		return Invalid("first", "%d is outside 0 to %d", first, MaxFirst)
	}
	return nil
}

// Binding ties a cursor to the question it was given for.
type Binding [8]byte

// Bind hashes what a list depends on: data version, what is listed, filter and order.
func Bind(parts ...string) (b Binding) {
	h := sha256.New()
	for _, p := range parts {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	copy(b[:], h.Sum(nil))
	return b
}

// EncodeCursor makes the opaque text of a position in a list.
func EncodeCursor(b Binding, key []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(b[:], key...))
}

// DecodeCursor gives back the key, or CURSOR_STALE for a cursor of another question or edition.
func DecodeCursor(b Binding, cursor string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < len(b) || Binding(raw[:len(b)]) != b {
		return nil, StaleCursor()
	}
	return raw[len(b):], nil
}

// StaleCursor refuses a cursor that is of no place in the list.
func StaleCursor() error {
	return Errorf(CodeCursorStale, "after", "this cursor is not of this list as it is now: it belongs to another edition, filter or order. Start from the first page.")
}

// NoDistance is the distance of a household without a location. It sorts last.
const NoDistance = int64(1<<63 - 1)

// RowKey is the position of a row in a list. Order is the distance in millimetres where the list is nearest first (NoDistance
// without a location), Need where it is by need, and 0 by id.
type RowKey struct {
	Order int64
	ID    HouseholdID
}

// Encode writes the key as bytes for a cursor.
func (k RowKey) Encode() []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(k.Order)), k.ID[:]...)
}

// DecodeRowKey reads what Encode wrote.
func DecodeRowKey(b []byte) (k RowKey, err error) {
	if len(b) != 8+len(k.ID) {
		return k, Errorf(CodeCursorStale, "after", "this cursor is not of a list of households")
	}
	k.Order = int64(binary.BigEndian.Uint64(b))
	copy(k.ID[:], b[8:])
	return k, nil
}
