package postgis

import (
	"time"

	"kantong/internal/registry"
)

// orUnknown is what a nullable column holds, or what stands for unknown.
func orUnknown[T any](v *T, unknown T) T {
	if v == nil {
		return unknown
	}
	return *v
}

// stored is a time as the database keeps it: to the microsecond.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// inUTC is a nullable time as the registry gives it.
func inUTC(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	utc := t.UTC()
	return &utc
}

// dateOrNull is a day for a column; "" is NULL. An error names the field.
func dateOrNull(field string, d registry.Date) (any, error) {
	if d == "" {
		return nil, nil
	}
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return nil, registry.Invalid(field, "%q is not a date; expected a form like 2025-10-31", d)
	}
	return day, nil
}

// dateOf is a nullable day as the registry spells it.
func dateOf(day *time.Time) registry.Date {
	if day == nil {
		return ""
	}
	return registry.Date(day.Format(time.DateOnly))
}

// uuids are ids as the database is sent them.
func uuids(ids []registry.HouseholdID) [][16]byte {
	out := make([][16]byte, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}
