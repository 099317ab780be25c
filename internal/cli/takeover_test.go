package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kantong/internal/demo"
	"kantong/internal/registry"
)

// TestTakeOverOfHalfAMillion publishes a release of 500 000 families on one database that a server is
// on: it takes the new release over, and the log says after how long.
func TestTakeOverOfHalfAMillion(t *testing.T) {
	if os.Getenv("KANTONG_LONG") == "" {
		t.Skip("SKIPPED: takes a minute; make test-long runs it")
	}
	const families = 500_000
	url := database(t)
	p := testProgram(t, Config{Database: url, Secrets: filepath.Join(t.TempDir(), "secrets")})
	s, err := p.openStore(t.Context(), "", url)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := p.ensureDemo(s, &demoCommand{Households: families}); err != nil {
		t.Fatal(err)
	}
	server := start(t, "serve", "--database", url, "--engine", engineColumnar, "--rate-key", "0", "--rate-address", "0")
	secrets, err := p.secrets(s)
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Areas(t.Context(), demoEdition)
	if err != nil {
		t.Fatal(err)
	}
	areas, err := registry.NewAreas(list)
	if err != nil {
		t.Fatal(err)
	}
	city, err := demo.New(demo.Options{Households: families, Seed: demoSeed, Areas: areas, Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CreateRelease(t.Context(), demoEdition, registry.Release{ID: "2025-11", EnrolmentsAsOf: "2025-11-30"}); err != nil {
		t.Fatal(err)
	}
	im := demoImport(registry.ImportEnrolments, 0)
	im.Release = "2025-11"
	if err := s.PutEnrolments(t.Context(), demoEdition, "2025-11", &im, city.Enrolments()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(t.Context(), demoEdition, "2025-11", registry.PublishOptions{Secrets: secrets, Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	published := time.Now()
	const query = `{"query":"{ edition { state } summary { households { value } } }"}`
	for !strings.Contains(dataOf(t, server, query), "2025-11") {
		if time.Since(published) > time.Minute {
			t.Fatalf("a minute after the publication: %s", dataOf(t, server, query))
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("taken over %.1f s after the publication", time.Since(published).Seconds())
}
