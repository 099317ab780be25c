package disclosure_test

import (
	"slices"
	"testing"
	"time"

	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// TestMoments: a moment ends, and its successor has another name, exactly when something else is published.
func TestMoments(t *testing.T) {
	s := newShelf(t)
	gate, err := disclosure.NewGate(t.Context(), s, rules())
	if err != nil {
		t.Fatal(err)
	}
	refresh := func(what string, changed ...string) {
		t.Helper()
		former := gate.Now()
		if err := gate.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		over := false
		select {
		case <-former.Over():
			over = true
		default:
		}
		now := gate.Now()
		if want := len(changed) > 0; over != want || (now.Name() != former.Name()) != want || !slices.Equal(now.Since(former), changed) {
			t.Errorf("%s: over %v, since then %v, want %v", what, over, now.Since(former), changed)
		}
	}
	first := gate.Now()
	refresh("nothing")
	at := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
	s.editions = append([]registry.Edition{{ID: "2025-q4", PublishedAt: &at, Releases: []registry.Release{{PublishedAt: &at}}}}, s.editions...)
	refresh("an edition", "2025-q4")
	s.editions[1].Releases[2].PublishedAt = &at
	refresh("a release", "2025-q3+2025-11")
	s.revised = true
	refresh("programmes, also of states that nobody opened", "2025-q2", "2025-q3+2025-11", "2025-q4")
	if all := gate.Now().Since(first); !slices.Equal(all, []string{"2025-q2", "2025-q3+2025-11", "2025-q4"}) {
		t.Errorf("who was away is told %v", all)
	}
	if v := gate.Now().Version("2025-q2"); v != "2025-q2-2" || gate.Now().Version("draft") != "" {
		t.Errorf("version %q", v)
	}

	elsewhere := at.In(time.FixedZone("WIB", 7*60*60))
	s.editions[0].PublishedAt, s.editions[0].Releases[0].PublishedAt = &elsewhere, &elsewhere
	refresh("another way of writing a time")
	again, err := disclosure.NewGate(t.Context(), s, rules())
	if err != nil || again.Now().Name() != gate.Now().Name() {
		t.Errorf("another server of the registry has another name: %v", err)
	}
	other := rules()
	other.Policy.FloorPublic++
	if gate, err := disclosure.NewGate(t.Context(), s, other); err != nil || gate.Now().Name() == again.Now().Name() {
		t.Errorf("another protection has the same name: %v", err)
	}
}
