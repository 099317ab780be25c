package server_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestGraphQLOverHTTP runs the audits of the package graphql-http, which the specification's authors keep, against the
// whole server as the public. All that it MUST and SHOULD do is required; what it MAY do is only told.
func TestGraphQLOverHTTP(t *testing.T) {
	node, npm := tool(t, "node"), tool(t, "npm")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/graphql-http")); err != nil {
		t.Fatal(err)
	}
	install := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		missing(t, "npm can't install the audits: %v\n%s", err, out)
	}
	audit := exec.CommandContext(ctx, node, "audit.mjs", newServer(t, oneKey{}).URL+"/graphql")
	audit.Dir = dir
	var complaints strings.Builder
	audit.Stderr = &complaints
	out, err := audit.Output()
	if err != nil {
		t.Fatalf("the audits broke off: %v\n%s", err, complaints.String())
	}
	var met, optional int
	for lines := json.NewDecoder(strings.NewReader(string(out))); ; {
		var a struct{ ID, Name, Status, Reason string }
		if err := lines.Decode(&a); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v:\n%s", err, out)
		}
		switch a.Status {
		case "ok":
			met++
		case "notice":
			optional++
			t.Logf("%s not met, which is allowed: %s: %s", a.ID, a.Name, a.Reason)
		default:
			t.Errorf("%s %s: %s", a.ID, a.Name, a.Reason)
		}
	}
	if t.Logf("%d audits met, %d optional ones not", met, optional); met < 50 {
		t.Errorf("only %d audits ran well", met)
	}
}

// tool finds a program of the system's.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, "%s is not installed; make test installs it", name)
	}
	return path
}

// missing ends a test for want of something outside of this program: visibly, and never in make test.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("KANTONG_CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf("SKIPPED: "+format, args...)
}
