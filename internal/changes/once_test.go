package changes

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/access"
	"kantong/internal/registry"
)

// answer is what any change gives.
type answer struct {
	Value  any
	Secret string
}

// change is one that works on a new bench.
type change struct {
	name      string
	ask       func(ctx context.Context, d *Desk, who registry.Viewer, clientID string) (answer, error)
	refreshes int // how often the server takes it over
}

func changes() []change {
	give := func(value any, err error) (answer, error) { return answer{Value: value}, err }
	publish := func(edition, release string) func(context.Context, *Desk, registry.Viewer, string) (answer, error) {
		return func(ctx context.Context, d *Desk, who registry.Viewer, clientID string) (answer, error) {
			return give(d.PublishEdition(ctx, who, clientID, edition, release, false))
		}
	}
	discard := func(edition, release string) func(context.Context, *Desk, registry.Viewer, string) (answer, error) {
		return func(ctx context.Context, d *Desk, who registry.Viewer, clientID string) (answer, error) {
			return give(d.DiscardEdition(ctx, who, clientID, edition, release))
		}
	}
	return []change{
		{"createProgram", func(ctx context.Context, d *Desk, who registry.Viewer, clientID string) (answer, error) {
			return give(d.CreateProgram(ctx, who, clientID, "2025-q3", program("RUMAH")))
		}, 1},
		{"createProgram of a draft", func(ctx context.Context, d *Desk, who registry.Viewer, clientID string) (answer, error) {
			return give(d.CreateProgram(ctx, who, clientID, "2025-q4", program("RUMAH")))
		}, 0},
		{"updateProgram", func(ctx context.Context, d *Desk, who registry.Viewer, clientID string) (answer, error) {
			return give(d.UpdateProgram(ctx, who, clientID, "2025-q3", program("RTLH")))
		}, 1},
		{"publishEdition", publish("2025-q4", ""), 1},
		{"publishEdition of a release", publish("2025-q3", "2025-11"), 1},
		{"discardEdition", discard("2025-q4", ""), 0},
		{"discardEdition of a release", discard("2025-q3", "2025-11"), 0},
		{"createKey", func(ctx context.Context, d *Desk, who registry.Viewer, clientID string) (answer, error) {
			k, secret, err := d.CreateKey(ctx, who, clientID, access.KeyRequest{Role: registry.RolePartner, Organisation: "Yayasan Timah"})
			k.SHA256 = [32]byte{}
			return answer{k, secret}, err
		}, 0},
		{"revokeKey", func(ctx context.Context, d *Desk, who registry.Viewer, clientID string) (answer, error) {
			return give(d.RevokeKey(ctx, who, clientID, "k-old"))
		}, 0},
	}
}

const clientID = "client:0001"

// again is the answer when a change is asked for again.
func (a answer) again() answer { return answer{Value: a.Value} }

// TestOnce asks for each change twice, under its id for other things, and again after the server has begun anew.
func TestOnce(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			before := b.state()
			first, err := c.ask(t.Context(), b.Desk, admin, clientID)
			b.ok(err)
			after := b.state()
			if cmp.Equal(before, after) {
				t.Error("nothing was changed")
			}
			b.same("how often the server took it over", b.refreshed, c.refreshes)
			for _, d := range []*Desk{b.Desk, b.another()} {
				second, err := c.ask(t.Context(), d, admin, clientID)
				b.ok(err)
				b.same("the answer when asked again", second, first.again())
				for _, other := range changes() {
					if other.name != c.name {
						_, err := other.ask(t.Context(), d, admin, clientID)
						b.refused(other.name+" under the same id", err, registry.CodeConflict, "clientId")
					}
				}
				b.same("what is there when asked again", b.state(), after)
			}
			b.same("how often the server took it over in all", b.refreshed, 3*c.refreshes)
			b.same("what was logged", len(b.logged), 0)
		})
	}
}

// TestDiedInBetween ends each change at each moment that it can end at. Asked again, all is as if it had been made once.
func TestDiedInBetween(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			clean := newBench(t)
			want, err := c.ask(t.Context(), clean.Desk, admin, clientID)
			clean.ok(err)
			for name, at := range map[string]moment{"before the write": beforeTheWrite, "after the write": afterTheWrite, "before the outcome": beforeTheOutcome} {
				t.Run(name, func(t *testing.T) {
					b := newBench(t)
					b.faults.at = at
					first, err := c.ask(t.Context(), b.Desk, admin, clientID)
					if at == beforeTheOutcome {
						b.ok(err) // the change is made: its answer, above all a secret, must not be lost
						b.same("the first answer", first.again(), want.again())
						b.same("what was logged", len(b.logged), 1)
					} else {
						b.refused("the first answer", err, registry.CodeUnavailable, "")
					}
					for range 2 { // from the store, then from the ledger
						got, err := c.ask(t.Context(), b.another(), admin, clientID)
						b.ok(err)
						b.same("the answer when asked again", got.again(), want.again())
						if at != beforeTheWrite && got.Secret != "" {
							t.Error("a secret is given that cannot be the first one")
						}
						b.same("what is there", b.state(), clean.state())
					}
				})
			}
		})
	}
}

// TestAtTheSameMoment asks eight times for each change.
func TestAtTheSameMoment(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			clean := newBench(t)
			want, err := c.ask(t.Context(), clean.Desk, admin, clientID)
			clean.ok(err)
			for name, servers := range map[string]int{"one server": 1, "two servers": 2} {
				t.Run(name, func(t *testing.T) {
					b := newBench(t)
					desks := []*Desk{b.Desk, b.another()}
					answers, errs := make([]answer, 8), make([]error, 8)
					var wait sync.WaitGroup
					for i := range answers {
						wait.Go(func() { answers[i], errs[i] = c.ask(t.Context(), desks[i%servers], admin, clientID) })
					}
					wait.Wait()
					made, secrets := 0, 0
					for i, a := range answers {
						if code := registry.CodeOf(errs[i]); servers == 2 && (code == registry.CodeConflict || code == registry.CodeNotFound) {
							continue // the other server has just made it
						}
						b.ok(errs[i])
						b.same("an answer", a.again(), want.again())
						made++
						if a.Secret != "" {
							secrets++
						}
					}
					if made == 0 || want.Secret != "" && secrets != 1 {
						t.Errorf("%d answers with %d secrets", made, secrets)
					}
					b.same("what is there", b.state(), clean.state())
				})
			}
		})
	}
}

// TestIDsOfTwoKeysDoNotMeet: what one administrator asked for says nothing about another's ids.
func TestIDsOfTwoKeysDoNotMeet(t *testing.T) {
	b := newBench(t)
	request := access.KeyRequest{Role: registry.RolePartner, Organisation: "Yayasan Timah"}
	first, secret, err := b.CreateKey(t.Context(), admin, clientID, request)
	b.ok(err)
	second, other, err := b.CreateKey(t.Context(), registry.Viewer{Role: registry.RoleAdmin, KeyID: "k-other"}, clientID, request)
	b.ok(err)
	if first.ID == second.ID || secret == other || other == "" {
		t.Errorf("keys %s and %s", first.ID, second.ID)
	}
}

func TestClientIDs(t *testing.T) {
	b := newBench(t)
	long := "0123456789012345678901234567890123456789012345678901234567890123"
	for id, good := range map[string]bool{"12345678": true, "aZ09._:-": true, long: true, "": false, "1234567": false, long + "4": false,
		"with space": false, "12345678\n": false, "ä12345678": false, "12345678/": false} {
		_, err := b.RevokeKey(t.Context(), admin, id, "k-old")
		if good {
			b.ok(err)
			continue
		}
		b.refused(id, err, registry.CodeBadUserInput, "clientId")
	}
}

// TestChangeIsCarriedToItsEnd when who asked goes away in the middle of it.
func TestChangeIsCarriedToItsEnd(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			ctx, cancel := context.WithCancel(t.Context())
			b.faults.before = cancel
			first, err := c.ask(ctx, b.Desk, admin, clientID)
			b.ok(err)
			second, err := c.ask(t.Context(), b.Desk, admin, clientID)
			b.ok(err)
			b.same("the answer when asked again", second, first.again())
			b.same("how often the server took it over", b.refreshed, 2*c.refreshes)
		})
	}
}

// TestWaitingEnds when who waits for another's turn goes away.
func TestWaitingEnds(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	b.faults.before = func() {
		go func() {
			_, err := b.RevokeKey(ctx, admin, clientID, "k-old")
			done <- err
		}()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("who waited got %v", err)
		}
	}
	_, err := b.RevokeKey(t.Context(), admin, clientID, "k-old")
	b.ok(err)
}

// TestTakingOverFails: the change is made, and its answer is not lost.
func TestTakingOverFails(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.refresh = errors.New("out of memory")
			for range 2 {
				_, err := c.ask(t.Context(), b.Desk, admin, clientID)
				b.ok(err)
			}
			b.same("how often that was logged", len(b.logged), 2*c.refreshes)
			for _, err := range b.logged {
				if !errors.Is(err, b.refresh) {
					t.Errorf("logged %v", err)
				}
			}
		})
	}
}
