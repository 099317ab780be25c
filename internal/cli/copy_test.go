package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kantong/internal/access"
	"kantong/internal/registry"
)

// copiedTrees are the blocks of the original.
var copiedTrees = []registry.BlockTree{
	{Area: "19.71.01.1001", Splits: []registry.BlockSplit{{Axis: registry.LatitudeAxis, AtE7: -21000000}, {}, {}}},
	{Area: "19.71.01.1003", Places: [][]registry.Place{{{RW: "001", RT: "002"}}, {{RW: "001", RT: "003"}}}},
}

// original publishes the city, by secrets of its own, in a data directory with blocks and fingerprints.
func original(t *testing.T) (dir, secretsDir string) {
	t.Helper()
	dir, secretsDir = filepath.Join(t.TempDir(), "first"), madeSecrets(t)
	secrets := secretsOf(t, secretsDir)
	in(t, dir, func(s *store) {
		publishCityWith(t, s, secrets)
		freeze(t, s, copiedTrees, access.Fingerprints(secrets))
	})
	return dir, secretsDir
}

// secretsOf reads a directory of secrets.
func secretsOf(t *testing.T, dir string) registry.Secrets {
	t.Helper()
	secrets, err := access.LoadSecrets(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	return secrets
}

// in does something with the store of a data directory or database URL.
func in(t *testing.T, where string, do func(s *store)) {
	t.Helper()
	p, data, database := testProgram(t, Config{}), where, ""
	if strings.HasPrefix(where, "postgres") {
		data, database = "", where
	}
	s, err := p.openStore(t.Context(), data, database)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	do(s)
}

func freeze(t *testing.T, s *store, trees []registry.BlockTree, prints map[string]string) {
	t.Helper()
	if err := s.AddBlocks(t.Context(), trees); err != nil {
		t.Fatal(err)
	}
	if err := s.SetFingerprints(t.Context(), prints); err != nil {
		t.Fatal(err)
	}
}

// holding is all that a copy must have of its original, but the contents that the hash stands for.
type holding struct {
	Editions     []registry.Edition
	Blocks       []registry.BlockTree
	Fingerprints map[string]string
	MatchKeys    map[string][]registry.HouseholdKey // by edition
	Unmatched    map[string][]registry.Unmatched    // by state
}

func held(t *testing.T, where string) (h holding) {
	t.Helper()
	in(t, where, func(s *store) {
		var errs [3]error
		h.Editions, errs[0] = s.Editions(t.Context())
		h.Blocks, errs[1] = s.Blocks(t.Context())
		h.Fingerprints, errs[2] = s.Fingerprints(t.Context())
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		h.MatchKeys, h.Unmatched = map[string][]registry.HouseholdKey{}, map[string][]registry.Unmatched{}
		for _, e := range h.Editions {
			for k, err := range s.MatchKeys(t.Context(), e.ID) {
				if err != nil {
					t.Fatal(err)
				}
				h.MatchKeys[e.ID] = append(h.MatchKeys[e.ID], k)
			}
			for _, r := range e.Releases {
				list, err := s.Unmatched(t.Context(), e.ID, r.ID)
				if err != nil {
					t.Fatal(err)
				}
				h.Unmatched[registry.StateID(e.ID, r.ID)] = list
			}
		}
	})
	return h
}

// TestCopy takes a published city from a data directory to PostGIS and back: all three hold the same.
func TestCopy(t *testing.T) {
	url, back := database(t), filepath.Join(t.TempDir(), "back")
	first, secrets := original(t)
	there := must(t, "copy", "--from", first, "--to", url, "--secrets", secrets)
	again := must(t, "copy", "--from", url, "--to", back, "--secrets", secrets)
	if there != again || !strings.Contains(there, "600 families") {
		t.Errorf("there: %s, back: %s", there, again)
	}
	want := held(t, first)
	if len(want.Editions) != 1 || len(want.Blocks) != len(copiedTrees) || len(want.Fingerprints) != 2 || len(want.MatchKeys[want.Editions[0].ID]) != 1200 {
		t.Fatalf("the original holds %+v", want)
	}
	for _, where := range []string{url, back} {
		if diff := cmp.Diff(held(t, where), want, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the copy (-got +want):\n%s", diff)
		}
	}
	if out := must(t, "copy", "--from", url, "--to", back, "--secrets", secrets); out != "" {
		t.Errorf("copied again what is there: %s", out)
	}
}

func TestCopyRefuses(t *testing.T) {
	first, secrets := original(t)
	prints := held(t, first).Fingerprints
	other := []registry.BlockTree{{Area: copiedTrees[1].Area, Places: [][]registry.Place{{{RW: "001", RT: "002"}, {RW: "001", RT: "003"}}}}}
	for _, test := range []struct {
		name, secrets string
		there         holding
		words         []string
	}{
		{"other secrets at hand", madeSecrets(t), holding{}, []string{"--secrets", prints["record"]}},
		{"other blocks", secrets, holding{Blocks: other}, []string{"--to", "area 19.71.01.1003 is parted into other blocks"}},
		{"other splits", secrets, holding{Blocks: []registry.BlockTree{{Area: copiedTrees[0].Area}}}, []string{"--to", "area 19.71.01.1001"}},
		{"other families", secrets, holding{Fingerprints: map[string]string{"household-id": "0123", "record": prints["record"]}}, []string{"--to", "household-id 0123"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "to")
			in(t, to, func(s *store) { freeze(t, s, test.there.Blocks, test.there.Fingerprints) })
			code, _, stderr := run(t, "copy", "--from", first, "--to", to, "--secrets", test.secrets)
			for _, w := range test.words {
				if code != exitFailed || !strings.Contains(stderr, w) {
					t.Errorf("exit %d, %s; want … %s …", code, stderr, w)
				}
			}
			if diff := cmp.Diff(held(t, to), test.there, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("what was there has changed (-got +want):\n%s", diff)
			}
		})
	}
}

// TestCopyAddsToBlocks copies into a store that froze one of the areas alike and a further one.
func TestCopyAddsToBlocks(t *testing.T) {
	first, secrets := original(t)
	to := filepath.Join(t.TempDir(), "to")
	further := registry.BlockTree{Area: "19.71.02.1001"}
	in(t, to, func(s *store) { freeze(t, s, []registry.BlockTree{further, copiedTrees[0]}, nil) })
	must(t, "copy", "--from", first, "--to", to, "--secrets", secrets)
	if diff := cmp.Diff(held(t, to).Blocks, append(copiedTrees[:2:2], further), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("blocks (-got +want):\n%s", diff)
	}
}

// TestCopyNoticesOtherKeys copies, by other secrets, what an older program made, which kept no fingerprints.
func TestCopyNoticesOtherKeys(t *testing.T) {
	first, _ := original(t)
	in(t, first, func(s *store) { freeze(t, s, nil, nil) })
	code, _, stderr := run(t, "copy", "--from", first, "--to", filepath.Join(t.TempDir(), "to"), "--secrets", madeSecrets(t))
	if code != exitFailed || !strings.Contains(stderr, "other noise") {
		t.Errorf("exit %d, %s", code, stderr)
	}
}
