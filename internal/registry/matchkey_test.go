package registry

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMatchKeysAreApart tells numbers of different kinds apart, from each other and from household ids; who is the head doesn't.
func TestMatchKeysAreApart(t *testing.T) {
	s := Secrets{ID: [][]byte{[]byte("a"), []byte("b")}}
	ids, seen := s.Identities(), map[[16]byte]MatchKind{}
	for _, kind := range MatchKinds {
		k := ids.Match(kind, "1971040101200001")
		if other, twice := seen[k.Hash]; twice && !(kind == MatchMember && other == MatchHead) {
			t.Errorf("%s and %s have one hash", kind, other)
		}
		seen[k.Hash] = kind
		if k.Kind != kind || k.Hash == ids.Match(kind, "1971040101200002").Hash || k != ids.Match(kind, "1971040101200001") {
			t.Errorf("%+v", k)
		}
		if parsed, err := ParseMatchKind(string(kind)); err != nil || parsed != kind {
			t.Error(parsed, err)
		}
		for _, domain := range []string{"kk", "id", "nik", "dtks", "p3ke", string(kind)} {
			if MatchHash(ids.Of(domain, "1971040101200001")) == k.Hash {
				t.Errorf("a key of kind %s is an id", kind)
			}
		}
	}
	if len(seen) != len(MatchKinds)-1 {
		t.Errorf("%d hashes", len(seen))
	}
	if _, err := ParseMatchKind("name"); err == nil {
		t.Error("a name is a kind")
	}
}

// TestRekeyMatch makes keys of a later generation of those of a former, as the later makes them of numbers.
func TestRekeyMatch(t *testing.T) {
	former := Secrets{ID: [][]byte{[]byte("a")}}
	later := Secrets{ID: [][]byte{[]byte("a"), []byte("b")}}
	number := "1971040101200001"
	if got := later.RekeyMatch(former, former.Identities().Match(MatchCard, number).Hash); got != later.Identities().Match(MatchCard, number).Hash {
		t.Error("the key is another")
	}
}

func TestAddUnmatched(t *testing.T) {
	a := []Unmatched{{Program: "B", Area: "1", Recipients: 2, Keys: RecordKey{1<<32 - 1, 1}}, {Program: "A", Recipients: 1}}
	b := []Unmatched{{Program: "B", Area: "1", Recipients: 3, Keys: RecordKey{2, 1}}, {Program: "B", Recipients: 4}}
	want := []Unmatched{{Program: "A", Recipients: 1}, {Program: "B", Recipients: 4}, {Program: "B", Area: "1", Recipients: 5, Keys: RecordKey{1, 2}}}
	if diff := cmp.Diff(want, AddUnmatched(a, b)); diff != "" {
		t.Error(diff)
	}
	if a[0].Program != "B" || len(AddUnmatched()) != 0 {
		t.Error("the lists were changed")
	}
}

// TestWithMatchKeys puts together what comes apart, with keys of strangers between, and passes errors of both on.
func TestWithMatchKeys(t *testing.T) {
	households := []Household{{ID: HouseholdID{1}}, {ID: HouseholdID{3}}, {ID: HouseholdID{5}}}
	key := func(id, n byte) HouseholdKey {
		return HouseholdKey{HouseholdID{id}, MatchKey{MatchCard, MatchHash{n}}}
	}
	keys := []HouseholdKey{key(0, 1), key(1, 2), key(1, 3), key(4, 4), key(5, 5), key(6, 6)}
	var got [][]MatchKey
	for h, err := range WithMatchKeys(seq(households, nil), seq(keys, nil)) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, h.MatchKeys)
	}
	if diff := cmp.Diff([][]MatchKey{{keys[1].MatchKey, keys[2].MatchKey}, nil, {keys[4].MatchKey}}, got); diff != "" {
		t.Error(diff)
	}
	broken := errors.New("broken")
	for _, list := range []iter.Seq2[Household, error]{WithMatchKeys(seq(households[:1], broken), seq(keys, nil)), WithMatchKeys(seq(households, nil), seq(keys[:2], broken))} {
		var errs []error
		for _, err := range list {
			errs = append(errs, err)
		}
		if !slices.Contains(errs, broken) {
			t.Error(errs)
		}
	}
}

func seq[T any](list []T, end error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
		if end != nil {
			var zero T
			yield(zero, end)
		}
	}
}
