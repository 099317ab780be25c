package access

import (
	"os"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// Environment variables that hold the secrets where no directory does, as the files do, with a comma between generations.
const (
	householdIDVariable = "KANTONG_SECRET_HOUSEHOLD_ID"
	recordVariable      = "KANTONG_SECRET_RECORD"
)

// EnvironmentSecrets reads the secrets of the environment; given is false when it has none. One without the other is
// CONFLICT, as is one that can't be read.
func EnvironmentSecrets() (s registry.Secrets, given bool, err error) {
	id, record := os.Getenv(householdIDVariable), os.Getenv(recordVariable)
	switch {
	case id == "" && record == "":
		return s, false, nil
	case id == "":
		return s, true, registry.Conflict("secrets", "%s is set without %s; set both, or neither to use a directory", recordVariable, householdIDVariable)
	case record == "":
		return s, true, registry.Conflict("secrets", "%s is set without %s; set both, or neither to use a directory", householdIDVariable, recordVariable)
	}
	var ok bool
	if s.ID, ok = parseSecret(id, ","); !ok {
		return s, true, registry.Conflict("secrets", "%s is damaged: expected %d hexadecimal digits, or several such numbers with commas between them", householdIDVariable, 2*secretBytes)
	}
	keys, ok := parseSecret(record, ",")
	if !ok || len(keys) != 1 {
		return registry.Secrets{}, true, registry.Conflict("secrets", "%s is damaged: expected %d hexadecimal digits", recordVariable, 2*secretBytes)
	}
	s.Record = keys[0]
	return s, true, nil
}

// WithoutSecrets gives an environment for other programs, which need no secrets of ours.
func WithoutSecrets(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == householdIDVariable || name == recordVariable
	})
}
