package access

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

// ledger is the part of a registry.Ledger that keys need, in memory.
type ledger struct {
	registry.Ledger
	keys  map[[32]byte]registry.APIKey
	asked int   // calls of KeyByHash
	fault error // of ExpireKey
	spoil error // of KeyByHash
}

func newLedger() *ledger { return &ledger{keys: map[[32]byte]registry.APIKey{}} }

func (l *ledger) AddKey(_ context.Context, k registry.APIKey) error { l.keys[k.SHA256] = k; return nil }

func (l *ledger) Keys(context.Context) (list []registry.APIKey, err error) {
	for _, k := range l.keys {
		list = append(list, k)
	}
	return list, nil
}

func (l *ledger) RevokeKey(_ context.Context, id string, at time.Time) error {
	return l.change(id, func(k *registry.APIKey) { k.RevokedAt = &at })
}

func (l *ledger) ExpireKey(_ context.Context, id string, at time.Time) error {
	if l.fault != nil {
		return l.fault
	}
	return l.change(id, func(k *registry.APIKey) {
		if k.ExpiresAt == nil || at.Before(*k.ExpiresAt) {
			k.ExpiresAt = &at
		}
	})
}

func (l *ledger) change(id string, change func(*registry.APIKey)) error {
	for hash, k := range l.keys {
		if k.ID == id {
			change(&k)
			l.keys[hash] = k
			return nil
		}
	}
	return registry.NotFound("id", "no such key")
}

func (l *ledger) KeyByHash(_ context.Context, hash [32]byte) (registry.APIKey, error) {
	l.asked++
	if l.spoil != nil {
		return registry.APIKey{}, l.spoil
	}
	k, ok := l.keys[hash]
	if !ok || k.RevokedAt != nil {
		return k, registry.NotFound("key", "no such key")
	}
	return k, nil
}

var noon = time.Date(2025, 11, 1, 12, 0, 0, 0, time.UTC)

func in(d time.Duration) *time.Time { at := noon.Add(d); return &at }

// planner asks for a key with everything a key can have.
func planner() KeyRequest {
	return KeyRequest{Role: registry.RolePlanner, Organisation: "Kelurahan Rangkui", Purpose: "visits", Areas: []registry.AreaCode{"19.71.03"}, ExpiresAt: in(48 * time.Hour), Now: noon}
}

func create(t *testing.T, l registry.Ledger, r KeyRequest) (string, registry.APIKey) {
	t.Helper()
	key, k, err := CreateKey(t.Context(), l, r)
	if err != nil {
		t.Fatal(err)
	}
	return key, k
}

func TestKeys(t *testing.T) {
	l := newLedger()
	key, k := create(t, l, planner())
	for _, stored := range l.keys {
		if strings.Contains(key, stored.ID) || hex.EncodeToString(stored.SHA256[:]) == key {
			t.Error("what is stored gives the key away")
		}
	}
	want := Viewer{Role: registry.RolePlanner, Organisation: "Kelurahan Rangkui", KeyID: k.ID, Areas: []registry.AreaCode{"19.71.03"}}
	for header, code := range map[string]registry.Code{
		"": "", "Bearer " + key: "", "bearer " + key: "",
		"Bearer " + key + "x": registry.CodeUnauthenticated, "Basic " + key: registry.CodeUnauthenticated, "Bearer": registry.CodeUnauthenticated, key: registry.CodeUnauthenticated,
	} {
		v, err := Authenticate(t.Context(), l, header, noon)
		if registry.CodeOf(err) != code {
			t.Errorf("%q: %v", header, err)
		}
		expected := want
		if header == "" || code != "" {
			expected = Viewer{}
		}
		if diff := cmp.Diff(v, expected); diff != "" {
			t.Errorf("%q: (-got +want)\n%s", header, diff)
		}
		if err != nil && strings.Contains(err.Error(), key) {
			t.Error("the error shows the key")
		}
	}
}

// TestEndedKeys are refused, and an expired one is told so: its owner knows then what to do.
func TestEndedKeys(t *testing.T) {
	l := newLedger()
	key, k := create(t, l, planner())
	if _, err := Authenticate(t.Context(), l, "Bearer "+key, noon.Add(48*time.Hour-1)); err != nil {
		t.Errorf("just before its end: %v", err)
	}
	_, err := Authenticate(t.Context(), l, "Bearer "+key, noon.Add(48*time.Hour))
	if registry.CodeOf(err) != registry.CodeUnauthenticated || !strings.Contains(err.Error(), "expired at 2025-11-03T12:00:00Z") {
		t.Errorf("an expired key: %v", err)
	}
	if err := l.RevokeKey(t.Context(), k.ID, noon); err != nil {
		t.Fatal(err)
	}
	if _, err := Authenticate(t.Context(), l, "Bearer "+key, noon); registry.CodeOf(err) != registry.CodeUnauthenticated {
		t.Errorf("a revoked key: %v", err)
	}
}

// TestAuthenticateAsksOnce: it stands before every request.
func TestAuthenticateAsksOnce(t *testing.T) {
	l := newLedger()
	key, _ := create(t, l, planner())
	for range 3 {
		if _, err := Authenticate(t.Context(), l, "Bearer "+key, noon); err != nil {
			t.Fatal(err)
		}
	}
	if l.asked != 3 {
		t.Errorf("%d questions to the ledger for 3 requests", l.asked)
	}
}

// TestUnknownRolesOpenNothing: a later version of the program may have written roles that this one doesn't know.
func TestUnknownRolesOpenNothing(t *testing.T) {
	for _, role := range []registry.Role{registry.RolePublic, registry.RoleAuditor + 1, 255} {
		l := newLedger()
		key, k := create(t, l, planner())
		if err := l.change(k.ID, func(k *registry.APIKey) { k.Role = role }); err != nil {
			t.Fatal(err)
		}
		v, err := Authenticate(t.Context(), l, "Bearer "+key, noon)
		if registry.CodeOf(err) != registry.CodeUnauthenticated || !strings.Contains(err.Error(), "role") || v.KeyID != "" {
			t.Errorf("role %d: %+v, %v", role, v, err)
		}
	}
	// Ledgers that keep roles by name have no role to give at all.
	l := newLedger()
	key, _ := create(t, l, planner())
	_, l.spoil = registry.ParseRole("SUPERVISOR")
	if v, err := Authenticate(t.Context(), l, "Bearer "+key, noon); registry.CodeOf(err) != registry.CodeUnauthenticated || v.KeyID != "" {
		t.Errorf("a role by another name: %+v, %v", v, err)
	}
	l.spoil = registry.Errorf(registry.CodeUnavailable, "", "no database")
	if _, err := Authenticate(t.Context(), l, "Bearer "+key, noon); registry.CodeOf(err) != registry.CodeUnavailable {
		t.Errorf("a ledger that is away: %v", err)
	}
}

func TestKeysAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		field  string
		change func(*KeyRequest)
	}{
		"of the public":           {"role", func(r *KeyRequest) { r.Role = registry.RolePublic }},
		"of no role":              {"role", func(r *KeyRequest) { r.Role = 9 }},
		"of nobody":               {"organisation", func(r *KeyRequest) { r.Organisation = " " }},
		"of two lines":            {"organisation", func(r *KeyRequest) { r.Organisation = "Walhi\nk-0 ADMIN" }},
		"of a terminal's command": {"purpose", func(r *KeyRequest) { r.Purpose = "\x1b[2J" }},
		"of no text":              {"purpose", func(r *KeyRequest) { r.Purpose = "a\xff" }},
		"a partner's areas":       {"areas", func(r *KeyRequest) { r.Role = registry.RolePartner }},
		"an admin's areas":        {"areas", func(r *KeyRequest) { r.Role = registry.RoleAdmin }},
		"no area":                 {"areas[1].code", func(r *KeyRequest) { r.Areas = []registry.AreaCode{"19.71", "Rangkui"} }},
		"an empty area":           {"areas[0].code", func(r *KeyRequest) { r.Areas = []registry.AreaCode{""} }},
		"ends now":                {"expires", func(r *KeyRequest) { r.ExpiresAt = in(0) }},
	} {
		t.Run(name, func(t *testing.T) {
			l, r := newLedger(), planner()
			c.change(&r)
			key, _, err := CreateKey(t.Context(), l, r)
			var e *registry.Error
			if !errors.As(err, &e) || e.Code != registry.CodeBadUserInput || e.Field != c.field {
				t.Errorf("error %v, want one of %s", err, c.field)
			}
			if key != "" || len(l.keys) > 0 {
				t.Error("a key was made")
			}
		})
	}
}

func TestKeysAreTidied(t *testing.T) {
	r := planner()
	r.Organisation, r.Purpose, r.Areas = " Walhi ", " maps ", []registry.AreaCode{"19.71.04", "19.71.03", "19.71.04"}
	_, k := create(t, newLedger(), r)
	if k.Organisation != "Walhi" || k.Purpose != "maps" || !slices.Equal(k.Areas, []registry.AreaCode{"19.71.03", "19.71.04"}) {
		t.Errorf("%+v", k)
	}
}

func TestRotateKey(t *testing.T) {
	for name, c := range map[string]struct {
		grace, lateness time.Duration
		expires         *time.Time
		oldOpens        bool
	}{
		"at once":                 {0, 0, in(48 * time.Hour), false},
		"within the grace":        {time.Hour, time.Hour - 1, in(48 * time.Hour), true},
		"after the grace":         {time.Hour, time.Hour, in(48 * time.Hour), false},
		"a key without end":       {time.Hour, time.Hour - 1, nil, true},
		"its own end comes first": {72 * time.Hour, 48 * time.Hour, in(48 * time.Hour), false},
	} {
		t.Run(name, func(t *testing.T) {
			l, r := newLedger(), planner()
			r.ExpiresAt, r.Now = c.expires, noon.Add(-time.Hour)
			oldKey, old := create(t, l, r)
			key, k, err := RotateKey(t.Context(), l, old.ID, c.grace, noon)
			if err != nil {
				t.Fatal(err)
			}
			if k.ID == old.ID || k.SHA256 == old.SHA256 || key == oldKey {
				t.Error("the new key is the old one")
			}
			want := old
			want.ID, want.SHA256, want.CreatedAt = k.ID, k.SHA256, noon
			if diff := cmp.Diff(k, want); diff != "" {
				t.Errorf("the new key (-got +want)\n%s", diff)
			}
			if _, err := Authenticate(t.Context(), l, "Bearer "+key, noon); err != nil {
				t.Errorf("the new key: %v", err)
			}
			if _, err := Authenticate(t.Context(), l, "Bearer "+oldKey, noon.Add(c.lateness)); (err == nil) != c.oldOpens {
				t.Errorf("the old key: %v", err)
			}
		})
	}
}

func TestRotationIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		id    string
		grace time.Duration
		end   func(l *ledger, id string) error
		now   time.Time
		code  registry.Code
	}{
		"unknown":        {id: "k-none", now: noon, code: registry.CodeNotFound},
		"expired":        {now: noon.Add(48 * time.Hour), code: registry.CodeConflict},
		"revoked":        {end: func(l *ledger, id string) error { return l.RevokeKey(t.Context(), id, noon) }, now: noon, code: registry.CodeConflict},
		"negative grace": {grace: -time.Hour, now: noon, code: registry.CodeBadUserInput},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			_, old := create(t, l, planner())
			if c.end != nil {
				if err := c.end(l, old.ID); err != nil {
					t.Fatal(err)
				}
			}
			if c.id == "" {
				c.id = old.ID
			}
			if _, _, err := RotateKey(t.Context(), l, c.id, c.grace, c.now); registry.CodeOf(err) != c.code {
				t.Errorf("error %v, want %s", err, c.code)
			}
			if len(l.keys) != 1 {
				t.Error("a key was made")
			}
		})
	}
}

// TestRotationThatFails leaves no new key that opens anything: nobody was shown it.
func TestRotationThatFails(t *testing.T) {
	l := newLedger()
	oldKey, old := create(t, l, planner())
	l.fault = registry.Errorf(registry.CodeUnavailable, "", "the disk is full")
	key, _, err := RotateKey(t.Context(), l, old.ID, time.Hour, noon)
	if registry.CodeOf(err) != registry.CodeUnavailable || key != "" {
		t.Errorf("key %q, error %v", key, err)
	}
	for _, k := range l.keys {
		if _, ended := KeyEnd(k, noon); ended != (k.ID != old.ID) {
			t.Errorf("key %s, ended %v", k.ID, ended)
		}
	}
	if _, err := Authenticate(t.Context(), l, "Bearer "+oldKey, noon); err != nil {
		t.Errorf("the old key: %v", err)
	}
}
