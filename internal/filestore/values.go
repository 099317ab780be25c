package filestore

import (
	"fmt"
	"time"

	"kantong/internal/registry"
)

// orNull is v, or NULL where v is what stands for unknown.
func orNull[T comparable](v, unknown T) any {
	if v == unknown {
		return nil
	}
	return v
}

// valueOrNull is what n points to, or NULL.
func valueOrNull(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}

// integerOf is a record key, or a sum of some, as it is kept: the first word is the upper half.
func integerOf(k registry.RecordKey) int64 { return int64(uint64(k[0])<<32 | uint64(k[1])) }

// wordsOf reads what integerOf gave.
func wordsOf(n int64) registry.RecordKey {
	return registry.RecordKey{uint32(uint64(n) >> 32), uint32(n)}
}

// stampLayout has the resolution of every store, microseconds, and sorts as text.
const stampLayout = "2006-01-02T15:04:05.000000Z"

func stamp(t time.Time) string { return t.UTC().Format(stampLayout) }

// stampOrNil reads a stamp; nil for "".
func stampOrNil(s string) (*time.Time, error) {
	if s == "" {
		return nil, nil
	}
	t, err := time.Parse(stampLayout, s)
	if err != nil {
		return nil, fmt.Errorf("read time of the registry: %w", err)
	}
	return &t, nil
}

// checkDate lets "" and real days through.
func checkDate(field string, d registry.Date) error {
	if d == "" {
		return nil
	}
	if _, err := registry.ParseDate(string(d)); err != nil {
		return registry.Invalid(field, "%q is not a date; expected a form like 2025-10-31", d)
	}
	return nil
}
