package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPlainPage opens the plain page in headless Chromium: 42 shapes, the three queries, no word on the console.
func TestPlainPage(t *testing.T) {
	chromium, output := browser(t), screenshots(t)
	s := start(t, "demo", "--data", cityData(t))
	look := func(window string, what ...string) (page, console string) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		args := append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--disable-quic", "--enable-logging=stderr", "--user-data-dir=" + t.TempDir(), "--window-size=" + window, "--virtual-time-budget=15000"}, what...)
		cmd := exec.CommandContext(ctx, chromium, append(args, s.address+"/plain/")...)
		var out, log strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &log
		if err := cmd.Run(); err != nil {
			t.Fatalf("chromium: %v\n%s", err, log.String())
		}
		for _, line := range strings.Split(log.String(), "\n") {
			if strings.Contains(line, "CONSOLE") {
				console += line + "\n"
			}
		}
		return out.String(), console
	}
	page, console := look("1400,1000", "--dump-dom")
	if n := strings.Count(page, "data-code=\"19.71."); n < 42 {
		t.Errorf("%d shapes, want 42", n)
	}
	if shapes := strings.Count(page, "<path"); shapes < 42 {
		t.Errorf("%d paths, want 42 and more", shapes)
	}
	for _, text := range []string{"Bacang", "Synthetic", "Schematic"} {
		if !strings.Contains(page, text) {
			t.Errorf("the page does not show %q", text)
		}
	}
	if console != "" {
		t.Errorf("the page wrote to the console:\n%s", console)
	}
	for name, window := range map[string]string{"plain.png": "1400,1000", "plain-phone.png": "390,844"} {
		shot := filepath.Join(output, name)
		look(window, "--screenshot="+shot)
		if info, err := os.Stat(shot); err != nil || info.Size() < 10_000 {
			t.Errorf("no screenshot: %v", err)
		}
	}
}
