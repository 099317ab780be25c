package cli

import (
	"context"
	"encoding/csv"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kantong/internal/access"
	"kantong/internal/registry"
)

// stated gives the flags that name a store.
func stated(where string) []string {
	if isDatabase(where) {
		return []string{"--database", where}
	}
	return []string{"--data", where}
}

// cardNumbers are those of the sample.
func cardNumbers(t *testing.T) (numbers []string) {
	t.Helper()
	f, err := os.Open(sample("households.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || rows[0][0] != "kk" {
		t.Fatal(rows[0], err)
	}
	for _, row := range rows[1:] {
		numbers = append(numbers, row[0])
	}
	return numbers
}

// family is a household of the sample with what it gets, told by its card number and not by its id.
type family struct {
	Household  registry.Household
	Enrolments []registry.Enrolment
}

// families reads an edition and release as they are under the ids that secrets make of card numbers, in the order of the sample.
func families(t *testing.T, s *store, secrets registry.Secrets, edition, release string) (list []family) {
	t.Helper()
	got := map[registry.HouseholdID][]registry.Enrolment{}
	for e, err := range s.Enrolments(t.Context(), edition, release) {
		if err != nil {
			t.Fatal(err)
		}
		id := e.Household
		e.Household = registry.HouseholdID{}
		got[id] = append(got[id], e)
	}
	var ids []registry.HouseholdID
	for _, number := range cardNumbers(t) {
		ids = append(ids, secrets.HouseholdID("kk", number))
	}
	households, err := s.Attributes(t.Context(), edition, ids)
	if err != nil {
		t.Fatal(err)
	}
	for i, h := range households {
		if h == nil {
			t.Fatalf("family %d of %s is not there under the id that the secrets make", i, edition)
		}
		h.ID = registry.HouseholdID{}
		list = append(list, family{*h, got[ids[i]]})
		delete(got, ids[i])
	}
	if len(got) > 0 {
		t.Fatalf("%d families of %s have other ids", len(got), edition)
	}
	return list
}

// records gives the record keys of an edition by family.
func records(t *testing.T, s *store, edition string) map[registry.HouseholdID]registry.RecordKey {
	t.Helper()
	keys := map[registry.HouseholdID]registry.RecordKey{}
	for r, err := range s.Records(t.Context(), edition) {
		if err != nil {
			t.Fatal(err)
		}
		keys[r.ID] = r.Key
	}
	return keys
}

// lines gives the number of lines of a store's audit log.
func lines(t *testing.T, where string) (n int64) {
	t.Helper()
	in(t, where, func(s *store) {
		head, err := s.ledger.AuditHead(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		n = head.Sequence
	})
	return n
}

// TestRotate gives a registry new keys, between all kinds of stores, and imports the next edition by them.
func TestRotate(t *testing.T) {
	dir := func(t testing.TB) string { return filepath.Join(t.TempDir(), "data") }
	for _, places := range []struct {
		name     string
		from, to func(testing.TB) string
	}{{"directory to directory", dir, dir}, {"directory to database", dir, database}, {"database to directory", database, dir}} {
		for _, flags := range [][]string{{"--id"}, {"--record"}, {"--id", "--record"}} {
			t.Run(places.name+strings.Join(flags, ""), func(t *testing.T) {
				checkRotation(t, places.from(t), places.to(t), flags)
			})
		}
	}
}

func checkRotation(t *testing.T, from, to string, flags []string) {
	oldDir, newDir := madeSecrets(t), filepath.Join(t.TempDir(), "new")
	importEdition(t, "2025-q3", append(stated(from), "--secrets", oldDir)...)
	importRelease(t, "2025-q3", "2025-11", append(stated(from), "--secrets", oldDir)...)
	must(t, append([]string{"edition", "create", "2026-q1", "--secrets", oldDir}, stated(from)...)...)
	in(t, from, func(s *store) {
		if err := s.AddBlocks(t.Context(), copiedTrees); err != nil {
			t.Fatal(err)
		}
	})
	before, logged := held(t, from), lines(t, from)
	out := must(t, append([]string{"secrets", "rotate", "--from", from, "--to", to, "--secrets", oldDir, "--new-secrets", newDir}, flags...)...)
	for _, words := range []string{"Made 2025-q3+2025-10 anew", "Made 2025-q3+2025-11 anew", "the draft 2026-q1 was not copied", "--secrets " + newDir, "keys create", "destroy the old"} {
		if !strings.Contains(out, words) {
			t.Errorf("the end does not say %q:\n%s", words, out)
		}
	}
	former, secrets := secretsOf(t, oldDir), secretsOf(t, newDir)
	wantNoKey(t, out, former, secrets)
	if diff := cmp.Diff(held(t, from), before); diff != "" || lines(t, from) != logged {
		t.Errorf("the old store was written to: %s", diff)
	}
	after := held(t, to)
	if diff := cmp.Diff(after.Blocks, before.Blocks); diff != "" {
		t.Errorf("blocks (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(after.Fingerprints, access.Fingerprints(secrets)); diff != "" {
		t.Errorf("fingerprints (-got +want):\n%s", diff)
	}
	if same := after.Editions[0].ContentHash == before.Editions[0].ContentHash; same != (len(secrets.ID) == 1) {
		t.Errorf("equal hashes: %v with %d generations", same, len(secrets.ID))
	}
	importEdition(t, "2025-q4", append(stated(to), "--secrets", newDir)...)
	var want []family
	in(t, from, func(s *store) { want = families(t, s, former, "2025-q3", "2025-10") })
	in(t, to, func(s *store) {
		if diff := cmp.Diff(families(t, s, secrets, "2025-q3", "2025-11"), want, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("the second release (-got +want):\n%s", diff)
		}
		for _, edition := range []string{"2025-q3", "2025-q4"} { // the copied one and the imported one
			if diff := cmp.Diff(families(t, s, secrets, edition, "2025-10"), want, cmpopts.EquateNaNs()); diff != "" {
				t.Fatalf("%s (-got +want):\n%s", edition, diff)
			}
			for id, key := range records(t, s, edition) {
				if key != secrets.RecordKey(id) || key == former.RecordKey(id) && string(former.Record) != string(secrets.Record) {
					t.Fatalf("%s: the record key of %s is not made by the new key", edition, id)
				}
			}
		}
	})
	if code, _, stderr := run(t, append([]string{"edition", "publish", "x", "--secrets", oldDir}, stated(to)...)...); code != exitFailed || !strings.Contains(stderr, "secrets: ") {
		t.Errorf("the old keys at the new store: exit %d, %s", code, stderr)
	}
}

// TestRotateTwice hashes ids of two generations by a third.
func TestRotateTwice(t *testing.T) {
	dir, secrets := t.TempDir(), madeSecrets(t)
	from := filepath.Join(dir, "0")
	importEdition(t, "2025-q3", "--data", from, "--secrets", secrets)
	for n := range 2 {
		to, next := filepath.Join(dir, fmt.Sprint(n+1)), filepath.Join(dir, fmt.Sprint("secrets-", n+1))
		must(t, "secrets", "rotate", "--id", "--from", from, "--to", to, "--secrets", secrets, "--new-secrets", next)
		from, secrets = to, next
	}
	if s := secretsOf(t, secrets); len(s.ID) != 3 {
		t.Errorf("%d generations", len(s.ID))
	}
	in(t, from, func(s *store) { families(t, s, secretsOf(t, secrets), "2025-q3", "2025-10") })
}

// TestRotateRefuses says why, and leaves everything as it is.
func TestRotateRefuses(t *testing.T) {
	first, secrets := original(t)
	file := t.TempDir()
	if err := os.WriteFile(filepath.Join(file, "something"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	new := func() string { return filepath.Join(t.TempDir(), "new") }
	full := new()
	must(t, "copy", "--from", first, "--to", full, "--secrets", secrets)
	for _, test := range []struct {
		name, secrets, to, newSecrets string
		flags                         []string
		words                         string
	}{
		{"neither key", secrets, new(), new(), nil, "--id, --record or both"},
		{"other secrets", madeSecrets(t), new(), new(), []string{"--id"}, "keys at hand"},
		{"nothing published", secrets, new(), new(), []string{"--id", "--from", new()}, "--from: holds nothing"},
		{"a store that holds something", secrets, full, new(), []string{"--id"}, "--to: is not empty"},
		{"a directory that holds something", secrets, new(), file, []string{"--record"}, "is not empty"},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, _, stderr := run(t, append([]string{"secrets", "rotate", "--from", first, "--to", test.to, "--secrets", test.secrets, "--new-secrets", test.newSecrets}, test.flags...)...)
			if code != exitFailed || !strings.Contains(stderr, test.words) {
				t.Errorf("exit %d, %s; want … %s …", code, stderr, test.words)
			}
			if _, err := os.Stat(filepath.Join(test.newSecrets, "record.key")); err == nil {
				t.Error("keys were made")
			}
		})
	}
}

// TestRotateNoticesWhatIsLost breaks what a rotation makes: the comparison finds it.
func TestRotateNoticesWhatIsLost(t *testing.T) {
	first, dir := original(t)
	former := secretsOf(t, dir)
	other := access.NewSecrets(former, true, true)
	for name, spoil := range map[string]func(r *rotation){
		"an id is another":  func(r *rotation) { r.rekey = mislaid(r.rekey) },
		"other record keys": func(r *rotation) { r.copying.secrets.Record = other.Record },
		"former ids":        func(r *rotation) { r.rekey = same.rekey },
		"other match keys": func(r *rotation) {
			first := true
			right := r.rekeyMatch
			r.rekeyMatch = func(hash registry.MatchHash) registry.MatchHash {
				if first {
					first, hash[0] = false, hash[0]^1
				}
				return right(hash)
			}
		},
		"a recipient more": func(r *rotation) {
			r.from = &store{Store: crowded{r.from.Store}}
		},
		"a family older by a year": func(r *rotation) {
			r.from = &store{Store: altered{r.from.Store, func(h *registry.Household) { h.HeadAge++ }, func(*registry.Enrolment) {}}}
		},
		"one rupiah more": func(r *rotation) {
			r.from = &store{Store: altered{r.from.Store, func(*registry.Household) {}, func(e *registry.Enrolment) { e.Rupiah++ }}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			to, p := filepath.Join(t.TempDir(), "to"), testProgram(t, Config{Secrets: dir})
			c := &secretsRotate{ID: true, From: first, To: to, NewSecrets: filepath.Join(t.TempDir(), "new")}
			err := p.withBoth(first, to, func(from, to *store) error {
				r, err := c.begin(p, from, to)
				if err != nil {
					t.Fatal(err)
				}
				if err := r.copyShared(from, to, func() error { return nil }); err != nil {
					t.Fatal(err)
				}
				right := *r
				spoil(r)
				return r.states(nil, right.compare)
			})
			if err == nil || !strings.Contains(err.Error(), "don't use it") {
				t.Error(err)
			}
		})
	}
}

// altered is a store whose rows come out other than they are.
type altered struct {
	registry.Store
	household func(*registry.Household)
	enrolment func(*registry.Enrolment)
}

func (a altered) Households(ctx context.Context, edition string) iter.Seq2[registry.Household, error] {
	return changed(a.Store.Households(ctx, edition), once(a.household))
}

func (a altered) Enrolments(ctx context.Context, edition, release string) iter.Seq2[registry.Enrolment, error] {
	return changed(a.Store.Enrolments(ctx, edition, release), once(a.enrolment))
}

// crowded is a store that counts one recipient more.
type crowded struct{ registry.Store }

func (c crowded) Unmatched(ctx context.Context, edition, release string) ([]registry.Unmatched, error) {
	list, err := c.Store.Unmatched(ctx, edition, release)
	list[0].Recipients++
	return list, err
}

// once makes a change to the first row only.
func once[T any](change func(*T)) func(*T) {
	done := false
	return func(row *T) {
		if !done {
			done = true
			change(row)
		}
	}
}

// mislaid gives one of the families an id that is nobody's.
func mislaid(rekey func(registry.HouseholdID) registry.HouseholdID) func(registry.HouseholdID) registry.HouseholdID {
	var one *registry.HouseholdID
	return func(id registry.HouseholdID) registry.HouseholdID {
		if one == nil {
			one = &id
		}
		made := rekey(id)
		if id == *one {
			made[0] ^= 1
		}
		return made
	}
}
