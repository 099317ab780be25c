package model

import (
	"errors"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// Count is a count that may be withheld.
type Count struct {
	value  int
	Status registry.FigureStatus
}

// Value is nil where there is none to show. It points into the count: answers have thousands of them.
func (c *Count) Value() *int {
	if !c.Status.HasValue() {
		return nil
	}
	return &c.value
}

func households(t registry.Tally) Count { return count(t.Households, t.Status) }
func people(t registry.Tally) Count     { return count(t.People, t.Status) }

func count(n int64, status registry.FigureStatus) Count { return Count{int(n), status} }

// Rate is a share that may be withheld.
type Rate struct {
	value  float64
	Status registry.FigureStatus
}

// Value is nil where there is none to show, and points into the rate.
func (r *Rate) Value() *float64 {
	if !r.Status.HasValue() {
		return nil
	}
	return &r.value
}

func rate(r registry.Rate) Rate { return Rate{r.Value, r.Status} }

// besideFilter are the beginnings of fields that an engine names and that are no part of the filter.
var besideFilter = []string{"groupBy", "lineRupiah", "Kantong-Purpose"}

// underFilter completes the field of an error about the filter, which engines name from the filter on.
func underFilter(err error) error { return under("filter", err) }

// under is underFilter where the filter's argument has another name.
func under(argument string, err error) error {
	var e *registry.Error
	if !errors.As(err, &e) || e.Field == "" || slices.ContainsFunc(besideFilter, func(b string) bool { return strings.HasPrefix(e.Field, b) }) {
		return err
	}
	return registry.Under(argument, err)
}
