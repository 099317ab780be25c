package ingest

import (
	"bytes"
	"cmp"
	"iter"
	"slices"

	"kantong/internal/registry"
)

// keyIndex finds the families of an edition by their match keys.
type keyIndex struct {
	ids     []registry.HouseholdID // of families that have keys, ascending
	kinds   []kindSet              // of each family
	entries []keyEntry             // by hash, then family
}

// keyEntry is 20 bytes: there are several for each family.
type keyEntry struct {
	hash   registry.MatchHash
	family uint32 // position in ids; the highest bit says that the number is the head's
}

const ofHead = 1 << 31

// kindSet has a bit for each of registry.MatchKinds.
type kindSet uint8

func kindBit(kind registry.MatchKind) kindSet {
	return 1 << slices.Index(registry.MatchKinds[:], kind)
}

// newKeyIndex reads keys, which come by household.
func newKeyIndex(keys iter.Seq2[registry.HouseholdKey, error]) (*keyIndex, error) {
	x := &keyIndex{}
	for k, err := range keys {
		if err != nil {
			return nil, err
		}
		if n := len(x.ids); n == 0 || x.ids[n-1] != k.Household {
			x.ids, x.kinds = append(x.ids, k.Household), append(x.kinds, 0)
		}
		last := len(x.ids) - 1
		e := keyEntry{k.Hash, uint32(last)}
		if k.Kind == registry.MatchHead {
			e.family |= ofHead
		}
		x.kinds[last] |= kindBit(k.Kind)
		x.entries = append(x.entries, e)
	}
	slices.SortFunc(x.entries, func(a, b keyEntry) int {
		return cmp.Or(bytes.Compare(a.hash[:], b.hash[:]), cmp.Compare(a.family&^ofHead, b.family&^ofHead))
	})
	return x, nil
}

// find gives the entries of a number: none, one, or one for each family that has it.
func (x *keyIndex) find(hash registry.MatchHash) []keyEntry {
	compare := func(e keyEntry, hash registry.MatchHash) int { return bytes.Compare(e.hash[:], hash[:]) }
	first, found := slices.BinarySearchFunc(x.entries, hash, compare)
	if !found {
		return nil
	}
	end := first + 1
	for end < len(x.entries) && x.entries[end].hash == hash {
		end++
	}
	return x.entries[first:end]
}

// only gives the family of a number that one family has, and whether it is the head's there.
func (x *keyIndex) only(hash registry.MatchHash) (family int, head, ok bool) {
	found := x.find(hash)
	if len(found) != 1 {
		return 0, false, false
	}
	return found[0].position(), found[0].family&ofHead != 0, true
}

func (e keyEntry) position() int { return int(e.family &^ ofHead) }

// position gives the place of a family that has keys.
func (x *keyIndex) position(id registry.HouseholdID) (family int, ok bool) {
	return slices.BinarySearchFunc(x.ids, id, func(a, b registry.HouseholdID) int { return bytes.Compare(a[:], b[:]) })
}

// has tells whether a family has a key of a kind.
func (x *keyIndex) has(id registry.HouseholdID, kind registry.MatchKind) bool {
	family, ok := x.position(id)
	return ok && x.kinds[family]&kindBit(kind) != 0
}
