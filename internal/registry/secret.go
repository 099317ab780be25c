package registry

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// Secrets are the keys behind identifiers. They are kept apart from the data: whoever has both can test whether a
// family-card number is in the registry.
type Secrets struct {
	ID     []byte // makes household ids of family-card numbers
	Record []byte // makes record keys of household ids
}

// HouseholdID is the keyed hash of a number of the given kind ("kk", "id", "nik"), so that equal numbers of two kinds differ.
func (s Secrets) HouseholdID(kind, number string) (id HouseholdID) {
	m := hmac.New(sha256.New, s.ID)
	m.Write([]byte(kind))
	m.Write([]byte{0})
	m.Write([]byte(number))
	copy(id[:], m.Sum(nil))
	return id
}

// RecordKey is the same for a household in every edition, so that noise does not average out over quarters.
func (s Secrets) RecordKey(id HouseholdID) RecordKey {
	m := hmac.New(sha256.New, s.Record)
	m.Write(id[:])
	sum := m.Sum(nil)
	return RecordKey{binary.LittleEndian.Uint32(sum), binary.LittleEndian.Uint32(sum[4:])}
}
