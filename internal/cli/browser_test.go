package cli

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"kantong/web"
)

// TestMapClient opens the map client of a demonstration city in headless Chromium and uses it as people do: web/test says how.
// Screenshots are kept in ci-output at the top of the checkout.
func TestMapClient(t *testing.T) {
	chromium := browser(t)
	if _, err := fs.Stat(web.Files(), "index.html"); err != nil {
		lacking(t, "the map client is not built; make web builds it")
	}
	s := start(t, "demo", "--data", cityData(t), "--rate-address", "100000", "--rate-key", "100000")
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Minute)
	defer cancel()
	tests, err := filepath.Glob("../../web/test/*.test.mjs")
	if err != nil || len(tests) < 3 {
		t.Fatalf("tests of the page: %v, %v", tests, err)
	}
	cmd := exec.CommandContext(ctx, "../../scripts/with-node.sh", append([]string{"node", "--test", "--test-concurrency=1", "--test-reporter=spec"}, tests...)...)
	cmd.Env = append(os.Environ(), "KANTONG_ADDRESS="+s.address, "KANTONG_CHROMIUM="+chromium, "KANTONG_SHOTS="+screenshots(t),
		"KANTONG_KEY_PLANNER="+s.keys["planner"], "KANTONG_KEY_PARTNER="+s.keys["partner"], "KANTONG_KEY_ADMIN="+s.keys["admin"])
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

func browser(t *testing.T) string {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		lacking(t, "chromium is not installed; make test installs it")
	}
	return chromium
}

// lacking skips a test for want of a tool, with a line that says so; where everything was installed it fails.
func lacking(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("KANTONG_CI") != "" {
		t.Fatal(what)
	}
	t.Skip("SKIPPED: " + what)
}

func screenshots(t *testing.T) string {
	t.Helper()
	output, err := filepath.Abs("../../ci-output")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(output, 0o755); err != nil {
		t.Fatal(err)
	}
	return output
}
