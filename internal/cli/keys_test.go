package cli

import (
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// lastLine is where a new key is printed.
func lastLine(out string) string {
	lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
	return lines[len(lines)-1]
}

var (
	wholeKey = regexp.MustCompile(`^kantong_[A-Za-z0-9_-]{43}$`)
	keyID    = regexp.MustCompile(`k-[0-9a-f]{8}`)
)

// TestKeysCommands takes a key from its making to its end.
func TestKeysCommands(t *testing.T) {
	data := []string{"--data", filepath.Join(t.TempDir(), "data")}
	keys := func(args ...string) string {
		t.Helper()
		return must(t, append(append([]string{"keys"}, args...), data...)...)
	}
	listed := func(id string) string {
		t.Helper()
		for line := range strings.Lines(keys("list")) {
			if strings.HasPrefix(line, id) {
				return line
			}
		}
		t.Fatalf("%s is not listed", id)
		return ""
	}
	out := keys("create", "--role", "planner", "--organisation", "Kelurahan Rangkui", "--purpose", "home visits", "--areas", "19.71.04, 19.71.03", "--expires", "90d")
	first := keyID.FindString(out)
	if !wholeKey.MatchString(lastLine(out)) || strings.Count(out, "kantong_") != 1 {
		t.Errorf("the key is not the last line, once:\n%s", out)
	}
	line := listed(first)
	for _, word := range []string{"PLANNER", "Kelurahan Rangkui", "home visits", "19.71.03, 19.71.04", "expires " + time.Now().AddDate(0, 0, 90).Format(time.DateOnly)} {
		if !strings.Contains(line, word) || !strings.Contains(out+line, word) {
			t.Errorf("%q is not in %s", word, line)
		}
	}
	out = keys("rotate", first, "--grace", "24h")
	second := keyID.FindString(strings.ReplaceAll(out, first, ""))
	if !wholeKey.MatchString(lastLine(out)) || second == "" {
		t.Errorf("rotated:\n%s", out)
	}
	if line := listed(first); !strings.Contains(line, "expires "+time.Now().Add(24*time.Hour).Format(time.DateOnly)) {
		t.Errorf("the old key: %s", line)
	}
	if line := listed(second); !strings.Contains(line, "home visits") || !strings.Contains(line, "19.71.03, 19.71.04") {
		t.Errorf("the new key: %s", line)
	}
	keys("revoke", second)
	if line := listed(second); !strings.Contains(line, "revoked "+time.Now().Format(time.DateOnly)) {
		t.Errorf("the revoked key: %s", line)
	}
	if code, _, stderr := run(t, append([]string{"keys", "rotate", second}, data...)...); code != exitFailed || !strings.Contains(stderr, "ended") {
		t.Errorf("rotating a revoked key: exit %d, %s", code, stderr)
	}
	var actions []string
	for _, e := range auditOf(t, data) {
		if e.Action != "keys list" {
			actions = append(actions, e.Action+" "+e.Operation)
		}
	}
	if want := []string{"keys create " + first, "keys rotate " + first, "keys create " + second, "keys revoke " + second}; !slices.Equal(actions, want) {
		t.Errorf("the audit log has %q, want %q", actions, want)
	}
}

// TestKeysAreRefused with a reason, and leave no key behind.
func TestKeysAreRefused(t *testing.T) {
	data := []string{"--data", filepath.Join(t.TempDir(), "data")}
	for _, c := range []struct {
		word string
		args []string
	}{
		{"--expires", []string{"--role", "partner", "--expires", "soon"}},
		{"--expires", []string{"--role", "partner", "--expires=-3d"}},
		{"--expires", []string{"--role", "partner", "--expires", "90"}},
		{"past", []string{"--role", "partner", "--expires", "2020-12-31"}},
		{"past", []string{"--role", "partner", "--expires", "0d"}},
		{"areas", []string{"--role", "partner", "--areas", "19.71.03"}},
		{"area code", []string{"--role", "planner", "--areas", "19.71.03,Rangkui"}},
		{"area code", []string{"--role", "planner", "--areas", ""}},
		{"area code", []string{"--role", "planner", "--areas="}},
	} {
		code, out, stderr := run(t, slices.Concat([]string{"keys", "create", "--organisation", "x"}, c.args, data)...)
		if code != exitFailed || !strings.Contains(stderr, c.word) || strings.Contains(out, "kantong_") {
			t.Errorf("%v: exit %d, %s%s", c.args, code, out, stderr)
		}
	}
	if out := must(t, append([]string{"keys", "list"}, data...)...); strings.Count(out, "\n") != 1 {
		t.Errorf("keys are there:\n%s", out)
	}
}

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 1, 30, 15, 0, 0, 0, time.Local)
	for text, want := range map[string]time.Time{
		"2026-12-31": time.Date(2027, 1, 1, 0, 0, 0, 0, time.Local), // good through that day
		"2026-01-30": time.Date(2026, 1, 31, 0, 0, 0, 0, time.Local),
		"90d":        time.Date(2026, 4, 30, 15, 0, 0, 0, time.Local),
	} {
		if at, err := expiry(text, now); err != nil || at == nil || !at.Equal(want) {
			t.Errorf("%s: %v, %v", text, at, err)
		}
	}
	if at, err := expiry("", now); at != nil || err != nil {
		t.Errorf("never: %v, %v", at, err)
	}
}

// TestServerKnowsWhenKeysEnd: a key opens until it ends, and one of a role that this version doesn't know opens nothing,
// not even what everybody sees, and keeps no other key from opening.
func TestServerKnowsWhenKeysEnd(t *testing.T) {
	data := smallCity(t, t.TempDir())
	create := func() (key, id string) {
		out := must(t, "keys", "create", "--role", "planner", "--organisation", "x", "--expires", "1d", "--data", data)
		return lastLine(out), keyID.FindString(out)
	}
	good, _ := create()
	expired, expiredID := create()
	strange, strangeID := create()
	spoilLedger(t, data, "UPDATE api_keys SET expires_at = created_at WHERE id = ?", expiredID)
	spoilLedger(t, data, "UPDATE api_keys SET role = 'SUPERVISOR' WHERE id = ?", strangeID)
	s := start(t, "serve", "--data", data)
	for key, want := range map[string]int{good: http.StatusOK, expired: http.StatusUnauthorized, strange: http.StatusUnauthorized} {
		if code := s.status(t, key); code != want {
			t.Errorf("key %.12s…: status %d, want %d", key, code, want)
		}
	}
	s.stop()
	must(t, "keys", "revoke", strangeID, "--data", data)
}
