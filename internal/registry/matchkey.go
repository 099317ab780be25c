package registry

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"iter"
	"slices"
)

// MatchKind says what a match key was made of.
type MatchKind string

// The kinds of match keys. Numbers of the head and of other members are hashed alike: who is the head may change.
const (
	MatchCard   MatchKind = "kk"     // family-card number
	MatchHead   MatchKind = "head"   // NIK of the head
	MatchMember MatchKind = "nik"    // NIK of another member
	MatchDTKS   MatchKind = "dtks"   // id in the former welfare registry (DTKS)
	MatchP3KE   MatchKind = "p3ke"   // id in the data on extreme poverty (P3KE)
	MatchOwn    MatchKind = "number" // the office's own number of a household
)

// MatchKinds lists the kinds.
var MatchKinds = [...]MatchKind{MatchCard, MatchHead, MatchMember, MatchDTKS, MatchP3KE, MatchOwn}

// ParseMatchKind reads the name of a kind.
func ParseMatchKind(s string) (MatchKind, error) {
	for _, k := range MatchKinds {
		if string(k) == s {
			return k, nil
		}
	}
	return "", Invalid("kind", "%q is no kind of match key", s)
}

// domain keeps the hashes of kinds apart.
func (k MatchKind) domain() MatchKind {
	if k == MatchHead {
		return MatchMember
	}
	return k
}

// MatchHash is the first 16 bytes of a keyed hash of a number that names a family or one of its members. Equal numbers of
// one kind have equal hashes, whatever family they stand for: that is how a family is found again when its card changed.
type MatchHash [16]byte

// MatchKey is a number by which a family can be found, never the number itself.
type MatchKey struct {
	Kind MatchKind
	Hash MatchHash
}

// CompareMatchKeys orders keys of a family by kind, then hash.
func CompareMatchKeys(a, b MatchKey) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), bytes.Compare(a.Hash[:], b.Hash[:]))
}

// HouseholdKey is a match key with the household of an edition that it leads to. One key may lead to several.
type HouseholdKey struct {
	Household HouseholdID
	MatchKey
}

// WithMatchKeys gives households, which come by id, their match keys, which come by household: what a store reads apart is
// written together.
func WithMatchKeys(households iter.Seq2[Household, error], keys iter.Seq2[HouseholdKey, error]) iter.Seq2[Household, error] {
	return func(yield func(Household, error) bool) {
		next, stop := iter.Pull2(keys)
		defer stop()
		key, err, more := next()
		for h, failed := range households {
			if failed != nil {
				yield(h, failed)
				return
			}
			h.MatchKeys = nil
			for more && err == nil && bytes.Compare(key.Household[:], h.ID[:]) <= 0 {
				if key.Household == h.ID {
					h.MatchKeys = append(h.MatchKeys, key.MatchKey)
				}
				key, err, more = next()
			}
			if err != nil {
				yield(Household{}, err)
				return
			}
			if !yield(h, nil) {
				return
			}
		}
	}
}

// Unmatched are recipients on a release's lists that are no family of the edition, of one programme in one area. Each counts
// once, with a status of ACTIVE only. Keys is the sum of record keys made of what the list names them by, so that a
// count of the same recipients has the same noise in every release.
type Unmatched struct {
	Program    string
	Area       AreaCode // kelurahan or desa; "" where the list does not tell
	Recipients int64
	Keys       RecordKey
}

// CompareUnmatched orders by programme, then area, unknown first.
func CompareUnmatched(a, b Unmatched) int {
	return cmp.Or(cmp.Compare(a.Program, b.Program), cmp.Compare(a.Area, b.Area))
}

// AddUnmatched adds counts up, in order.
func AddUnmatched(lists ...[]Unmatched) []Unmatched {
	all := slices.Concat(lists...)
	slices.SortFunc(all, CompareUnmatched)
	out := all[:0]
	for _, u := range all {
		if n := len(out); n > 0 && CompareUnmatched(out[n-1], u) == 0 {
			last := &out[n-1]
			last.Recipients += u.Recipients
			last.Keys = RecordKey{last.Keys[0] + u.Keys[0], last.Keys[1] + u.Keys[1]}
			continue
		}
		out = append(out, u)
	}
	return out
}

// RekeyUnmatched gives the sum of keys of a count under another record secret. Whoever is in it is not known any more, so the
// sum is made of the former one, and sums of later lists are no continuation of it.
func (s Secrets) RekeyUnmatched(u Unmatched) RecordKey {
	var id HouseholdID
	sum := sha256.Sum256(fmt.Appendf(nil, "unmatched %q %q %d %d", u.Program, u.Area, u.Keys[0], u.Keys[1]))
	copy(id[:], sum[:])
	return s.RecordKey(id)
}
