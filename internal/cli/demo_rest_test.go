package cli

import (
	"testing"

	"kantong/internal/registry"
)

// A start that was ended between two publications is completed by the next one.
func TestDemoIsCompleted(t *testing.T) {
	dir := t.TempDir()
	city := &demoCommand{Households: 300}
	in(t, dir, func(s *store) {
		p := testProgram(t, Config{Data: dir})
		if err := p.makeDemo(s, city, true, demoReleases[:1]); err != nil {
			t.Fatal(err)
		}
		if err := s.CreateRelease(t.Context(), demoEdition, demoReleases[1]); err != nil { // as far as it came
			t.Fatal(err)
		}
		for range 2 { // the second time there is nothing left to do
			if err := p.ensureDemo(s, city); err != nil {
				t.Fatal(err)
			}
			if got := publishedAt(t, s); len(got) != len(demoReleases) {
				t.Errorf("published: %v", got)
			}
		}
	})
}

func publishedAt(t *testing.T, s *store) (days []registry.Date) {
	t.Helper()
	editions, err := s.Editions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range editions[0].Releases {
		if r.PublishedAt != nil {
			days = append(days, r.EnrolmentsAsOf)
		}
	}
	return days
}
