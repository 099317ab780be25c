package registry

import (
	"crypto/hmac"
	"crypto/sha256"
	"testing"
)

// TestGenerations makes an id as the definition says, hash by hash, and rekeys ids of shorter chains into it.
func TestGenerations(t *testing.T) {
	keys := [][]byte{[]byte("first"), []byte("second"), []byte("third")}
	text := []byte("kk\x009900000000000001")
	for n := range keys {
		m := hmac.New(sha256.New, keys[n])
		m.Write(text)
		text = m.Sum(nil)[:16]
		s := Secrets{ID: keys[:n+1]}
		want := HouseholdID(text)
		if got := s.HouseholdID("kk", "9900000000000001"); got != want {
			t.Errorf("%d generations: %s, want %s", n+1, got, want)
		}
		for shorter := 1; shorter <= n+1; shorter++ {
			former := Secrets{ID: keys[:shorter]}
			if got := s.Rekey(former, former.HouseholdID("kk", "9900000000000001")); got != want {
				t.Errorf("rekeyed from %d to %d generations: %s, want %s", shorter, n+1, got, want)
			}
		}
	}
}

// TestIdentitiesAgain asks one maker for many ids: nothing of one is left for the next.
func TestIdentitiesAgain(t *testing.T) {
	s := Secrets{ID: [][]byte{[]byte("first"), []byte("second")}}
	many := s.Identities()
	for _, number := range []string{"9900000000000001", "1", "", "9900000000000002", "9900000000000001"} {
		if got, want := many.Of("kk", number), s.HouseholdID("kk", number); got != want {
			t.Errorf("%q: %s, want %s", number, got, want)
		}
	}
}

// TestNoKeyIsAKey: without keys an id is no copy of the number.
func TestNoKeyIsAKey(t *testing.T) {
	if id := (Secrets{}).HouseholdID("", "900000000000001"); id == HouseholdID([]byte("\x00900000000000001")) {
		t.Error("the id is the number")
	}
}

func TestRekeyRefusesOtherSecrets(t *testing.T) {
	s := Secrets{ID: [][]byte{[]byte("first"), []byte("second")}}
	for name, former := range map[string]Secrets{"another key": {ID: [][]byte{[]byte("other")}}, "a later generation": {ID: append(s.ID[:2:2], []byte("third"))}} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("an id was made")
				}
			}()
			s.Rekey(former, HouseholdID{})
		})
	}
}
