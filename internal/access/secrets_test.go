package access

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kantong/internal/registry"
)

func someSecrets(generations int) (s registry.Secrets) {
	for range generations {
		s = NewSecrets(s, true, false)
	}
	return NewSecrets(s, false, true)
}

// TestSecretsComeBack writes two generations into a directory and reads them, as files and from the environment.
func TestSecretsComeBack(t *testing.T) {
	want, dir := someSecrets(2), filepath.Join(t.TempDir(), "new")
	if err := WriteSecrets(dir, want); err != nil {
		t.Fatal(err)
	}
	if got, err := LoadSecrets(dir, false); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if err := WriteSecrets(dir, someSecrets(1)); registry.CodeOf(err) != registry.CodeConflict {
		t.Errorf("written over others: %v", err)
	}
	for name, variable := range map[string]string{householdIDFile: householdIDVariable, recordFile: recordVariable} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv(variable, strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", ","))
	}
	if got, given, err := EnvironmentSecrets(); err != nil || !given || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, given %v, %v", got, given, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".new-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestNewSecrets(t *testing.T) {
	former := someSecrets(1)
	for _, test := range []struct{ id, record bool }{{true, false}, {false, true}, {true, true}} {
		s := NewSecrets(former, test.id, test.record)
		if longer := len(s.ID) == 2 && !slices.Equal(s.ID[1], s.ID[0]); longer != test.id || !slices.Equal(s.ID[0], former.ID[0]) {
			t.Errorf("%+v: %d generations", test, len(s.ID))
		}
		if other := !slices.Equal(s.Record, former.Record); other != test.record {
			t.Errorf("%+v: another record key: %v", test, other)
		}
	}
}

// TestRecordKeyHasOneGeneration refuses a chain where there can be none.
func TestRecordKeyHasOneGeneration(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	if err := WriteSecrets(dir, someSecrets(1)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, recordFile), []byte(strings.Repeat(strings.Repeat("ab", secretBytes)+"\n", 2)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadSecrets(dir, false); registry.CodeOf(err) != registry.CodeConflict {
		t.Error(err)
	}
}

func TestEnvironmentIsRefused(t *testing.T) {
	good := strings.Repeat("ab", secretBytes)
	for name, test := range map[string]struct{ id, record, says string }{
		"no record key":     {good, "", recordVariable},
		"no household id":   {"", good, householdIDVariable},
		"short":             {good[:62], good, householdIDVariable},
		"not hexadecimal":   {good, "xy" + good[2:], recordVariable},
		"empty generation":  {good + ",", good, householdIDVariable},
		"two record keys":   {good, good + "," + good, recordVariable},
		"lines, not commas": {good + "\n" + good, good, householdIDVariable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(householdIDVariable, test.id)
			t.Setenv(recordVariable, test.record)
			_, _, err := EnvironmentSecrets()
			if registry.CodeOf(err) != registry.CodeConflict || !strings.Contains(err.Error(), test.says) {
				t.Fatal(err)
			}
			if strings.Contains(err.Error(), "abab") {
				t.Errorf("the key is told: %v", err)
			}
		})
	}
}

func TestWithoutSecrets(t *testing.T) {
	environment := []string{"PATH=/bin", householdIDVariable + "=ab", recordVariable + "=cd", "KANTONG_SECRETS=/dir"}
	if got := WithoutSecrets(environment); !slices.Equal(got, []string{"PATH=/bin", "KANTONG_SECRETS=/dir"}) {
		t.Error(got)
	}
	if environment[1] != householdIDVariable+"=ab" {
		t.Error("the environment itself was changed")
	}
}

// TestFingerprints pins what stores and backups of former versions hold, and tells every change.
func TestFingerprints(t *testing.T) {
	key := make([]byte, secretBytes)
	one := registry.Secrets{ID: [][]byte{key}, Record: key}
	prints := Fingerprints(one)
	if want := "dd7efca31185e989"; prints["household-id"] != want || prints["record"] != want {
		t.Errorf("%v, want %s", prints, want)
	}
	if two := Fingerprints(registry.Secrets{ID: [][]byte{key, key}, Record: key}); two["household-id"] == prints["household-id"] || two["record"] != prints["record"] {
		t.Errorf("%v of two generations, %v of one", two, prints)
	}
	for _, print := range prints {
		if strings.Contains(hex.EncodeToString(key), print) {
			t.Error("a fingerprint is part of the key")
		}
	}
}
