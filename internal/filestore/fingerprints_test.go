package filestore

import (
	"maps"
	"path/filepath"
	"testing"
)

// TestFingerprintsOf reads beside an open store, and finds none in one that the first version of the tables was made for.
func TestFingerprintsOf(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := openStore(t, dir)
	want := map[string]string{"household-id": "01", "record": "23"}
	if err := s.SetFingerprints(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if got, err := FingerprintsOf(t.Context(), dir); err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := s.writer.Exec(toFirstVersion); err != nil {
		t.Fatal(err)
	}
	if got, err := FingerprintsOf(t.Context(), dir); err != nil || len(got) > 0 {
		t.Errorf("of the first version: %v, %v", got, err)
	}
	if _, err := FingerprintsOf(t.Context(), filepath.Join(dir, "nowhere")); err == nil {
		t.Error("fingerprints of nothing")
	}
}
