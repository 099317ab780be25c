package registry

import (
	"bytes"
	"slices"
	"testing"
)

func TestBindTellsQuestionsApart(t *testing.T) {
	seen := map[Binding][]string{}
	for _, parts := range [][]string{nil, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"b", "a"}, {"ab", ""}, {"", "ab"}, {"a", "b", ""}} {
		b := Bind(parts...)
		if other, twice := seen[b]; twice {
			t.Errorf("%q and %q bind alike", parts, other)
		}
		seen[b] = parts
		if b != Bind(parts...) {
			t.Errorf("%q binds differently the second time", parts)
		}
	}
}

func TestCursors(t *testing.T) {
	here, elsewhere := Bind("e", "filter"), Bind("e", "other filter")
	for _, key := range []RowKey{{}, {Order: 1, ID: HouseholdID{15: 1}}, {Order: NoDistance, ID: HouseholdID{0: 0xff, 15: 0xff}}} {
		cursor := EncodeCursor(here, key.Encode())
		raw, err := DecodeCursor(here, cursor)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := DecodeRowKey(raw); err != nil || got != key {
			t.Errorf("%v came back as %v, error %v", key, got, err)
		}
		for what, err := range map[string]error{
			"another question": second(DecodeCursor(elsewhere, cursor)),
			"a cut cursor":     second(DecodeCursor(here, cursor[:8])),
			"no cursor":        second(DecodeCursor(here, "")),
			"no base64":        second(DecodeCursor(here, "*"+cursor[1:])),
			"a short key":      second(DecodeRowKey(raw[:23])),
			"a long key":       second(DecodeRowKey(append(raw, 0))),
		} {
			if CodeOf(err) != CodeCursorStale || fieldOf(err) != "after" {
				t.Errorf("%s: error %v", what, err)
			}
		}
	}
	if key, err := DecodeCursor(here, EncodeCursor(here, nil)); err != nil || len(key) != 0 {
		t.Errorf("an empty key came back as %v, error %v", key, err)
	}
}

func second[T any](_ T, err error) error { return err }

// Encoded keys order as the rows do, so that a store can compare them as bytes.
func TestEncodedKeysOrder(t *testing.T) {
	keys := []RowKey{{}, {ID: HouseholdID{0: 0x7f}}, {ID: HouseholdID{0: 0x80}}, {Order: 1}, {Order: 256}, {Order: NoDistance}}
	if !slices.IsSortedFunc(keys, func(a, b RowKey) int { return bytes.Compare(a.Encode(), b.Encode()) }) {
		t.Error("bytes order otherwise than rows")
	}
}

func TestCheckFirst(t *testing.T) {
	for first, ok := range map[int]bool{-1: false, 0: true, 1: true, MaxFirst: true, MaxFirst + 1: false} {
		if err := CheckFirst(first); (err == nil) != ok || !ok && (CodeOf(err) != CodeBadUserInput || fieldOf(err) != "first") {
			t.Errorf("first %d: error %v", first, err)
		}
	}
}

func FuzzDecodeCursor(f *testing.F) {
	b := Bind("state", "households")
	f.Add(EncodeCursor(b, RowKey{Order: 42, ID: HouseholdID{1, 2, 3}}.Encode()))
	f.Add(EncodeCursor(b, nil))
	f.Add(EncodeCursor(Bind(), []byte("x")))
	f.Add("")
	f.Add("====")
	f.Fuzz(func(t *testing.T, cursor string) {
		key, err := DecodeCursor(b, cursor)
		if err != nil {
			if CodeOf(err) != CodeCursorStale {
				t.Fatalf("error %v", err)
			}
			return
		}
		again, err := DecodeCursor(b, EncodeCursor(b, key))
		if err != nil || !bytes.Equal(again, key) {
			t.Fatalf("key %x came back as %x, error %v", key, again, err)
		}
		if row, err := DecodeRowKey(key); err == nil && !bytes.Equal(row.Encode(), key) {
			t.Fatalf("row key %v is not %x", row, key)
		}
	})
}
