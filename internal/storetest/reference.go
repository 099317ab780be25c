package storetest

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Reference answers every question by looping over all households. It is slow and meant to be obviously right.
type Reference struct {
	dataset    *registry.Dataset
	households []family // by id
}

// family is a household with what the release says of it.
type family struct {
	registry.Record
	enrolments []registry.Enrolment // by programme code, then since
	active     map[string]bool      // codes of programmes with an ACTIVE enrolment
	deprived   registry.DeprivationSet
	known      registry.DeprivationSet
}

// NewReference takes the contents of a state in any order.
func NewReference(d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) *Reference {
	r := &Reference{dataset: d}
	for _, h := range households {
		f := family{Record: h, enrolments: []registry.Enrolment{}, active: map[string]bool{}}
		for _, e := range enrolments {
			if e.Household != h.ID {
				continue
			}
			f.enrolments = append(f.enrolments, e)
			if e.Status == registry.EnrolmentActive {
				f.active[e.Program] = true
			}
		}
		slices.SortFunc(f.enrolments, func(a, b registry.Enrolment) int {
			if a.Program != b.Program {
				return strings.Compare(a.Program, b.Program)
			}
			return strings.Compare(string(a.Since), string(b.Since))
		})
		f.deprived, f.known = h.Deprived, h.Known
		if h.Decile != registry.UnknownInt {
			f.known = f.known.With(registry.Unserved)
			if h.Decile <= 4 && len(f.active) == 0 {
				f.deprived = f.deprived.With(registry.Unserved)
			}
		}
		r.households = append(r.households, f)
	}
	slices.SortFunc(r.households, func(a, b family) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return r
}

// kept gives the households that a filter keeps, by id, or what is wrong with the filter.
func (r *Reference) kept(ctx context.Context, f *registry.Filter) ([]*family, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := cmp.Or(r.dataset.CheckFilter(f), f.CheckFound()); err != nil {
		return nil, err
	}
	var out []*family
	for i := range r.households {
		if matches(r.dataset, f, &r.households[i]) {
			out = append(out, &r.households[i])
		}
	}
	return out, nil
}

// people is the household's size, 0 when unknown.
func (f *family) people() int64 {
	if f.Members == registry.UnknownInt {
		return 0
	}
	return int64(f.Members)
}

// row gives the household as a row of the list that q asks for.
func (r *Reference) row(f *family, q *registry.RowsQuery) registry.Row {
	row := registry.Row{ID: f.ID, Area: f.Area, RW: f.RW, RT: f.RT, Located: f.Located, Members: f.Members,
		HeadSex: f.HeadSex, HeadAge: f.HeadAge, Decile: f.Decile, Expenditure: f.Expenditure, Deprived: f.deprived,
		Known: f.known}
	for i, p := range r.dataset.Programs {
		if f.active[p.Code] {
			row.Enrolled |= 1 << i
		}
	}
	if f.Located {
		row.Point = f.Point
	}
	switch {
	case q.Near != nil && f.Located:
		row.Order = int64(math.Round(geo.DistanceMeters(*q.Near, f.Point.Point()) * 1000))
	case q.Near != nil:
		row.Order = registry.NoDistance
	case q.ByNeed:
		row.Order = registry.Need(row.Decile, row.Deprived)
	}
	return row
}

// compareKeys orders rows: nearest or neediest first, then by id.
func compareKeys(a, b registry.RowKey) int {
	switch {
	case a.Order < b.Order:
		return -1
	case a.Order > b.Order:
		return 1
	}
	return bytes.Compare(a.ID[:], b.ID[:])
}
