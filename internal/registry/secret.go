package registry

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
)

// Secrets are the keys behind identifiers. They are kept apart from the data: whoever has both can test whether a
// family-card number is in the registry.
type Secrets struct {
	// ID makes household ids of family-card numbers: a key a generation, oldest first. Card numbers are not kept, so ids
	// can't be made anew by another key; they are hashed once more by a further one.
	ID     [][]byte
	Record []byte // makes record keys of household ids
}

// HouseholdID is the keyed hash of a number of the given kind ("kk", "id", "nik"), so that equal numbers of two kinds differ.
func (s Secrets) HouseholdID(kind, number string) HouseholdID { return s.Identities().Of(kind, number) }

// Rekey turns an id that former secrets made into the one that s makes of the same number. The generations of former are
// the first of s; with others it panics, since no id could be made.
func (s Secrets) Rekey(former Secrets, id HouseholdID) HouseholdID {
	had, has := former.generations(), s.generations()
	if len(had) > len(has) || !slices.EqualFunc(had, has[:len(had)], bytes.Equal) {
		panic("registry: Rekey with secrets that are no later generation")
	}
	return newIdentities(has[len(had):]).chain(id[:])
}

// RekeyMatch does with the hash of a match key what Rekey does with an id.
func (s Secrets) RekeyMatch(former Secrets, hash MatchHash) MatchHash {
	return MatchHash(s.Rekey(former, HouseholdID(hash)))
}

// generations never are none: a number that no key was put to would itself be the id.
func (s Secrets) generations() [][]byte {
	if len(s.ID) == 0 {
		return [][]byte{nil}
	}
	return s.ID
}

// RecordKey is the same for a household in every edition, so that noise does not average out over quarters.
func (s Secrets) RecordKey(id HouseholdID) RecordKey {
	m := hmac.New(sha256.New, s.Record)
	m.Write(id[:])
	sum := m.Sum(nil)
	return RecordKey{binary.LittleEndian.Uint32(sum), binary.LittleEndian.Uint32(sum[4:])}
}

// Identities makes household ids as Secrets.HouseholdID does, and match keys, many times faster: its keys are set up once, which is most
// of the work. It is for one goroutine.
type Identities struct {
	hashes []hash.Hash
	buf    []byte
}

// Identities sets the keys up.
func (s Secrets) Identities() *Identities { return newIdentities(s.generations()) }

func newIdentities(generations [][]byte) *Identities {
	i := &Identities{}
	for _, key := range generations {
		i.hashes = append(i.hashes, hmac.New(sha256.New, key))
	}
	return i
}

// Of gives the id of a number of a kind.
func (i *Identities) Of(kind, number string) HouseholdID {
	i.buf = append(append(append(i.buf[:0], kind...), 0), number...)
	return i.chain(i.buf)
}

// Match gives the match key of a number of a kind.
func (i *Identities) Match(kind MatchKind, number string) MatchKey {
	i.buf = append(i.buf[:0], "match "...) // no household id is made of such a text
	i.buf = append(append(append(i.buf, kind.domain()...), 0), number...)
	return MatchKey{kind, MatchHash(i.chain(i.buf))}
}

// Other gives the id of a household whose own is that of another family: one whose card was once the same.
func (i *Identities) Other(id HouseholdID) HouseholdID {
	return i.Of("other family", string(id[:]))
}

// chain hashes by every generation, each what the one before made.
func (i *Identities) chain(text []byte) (id HouseholdID) {
	copy(id[:], text) // where there is nothing to hash by, an id stays as it is
	for _, h := range i.hashes {
		h.Reset()
		h.Write(text)
		i.buf = h.Sum(i.buf[:0])
		copy(id[:], i.buf)
		text = id[:]
	}
	return id
}
