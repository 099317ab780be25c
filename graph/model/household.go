package model

import (
	"context"
	"math"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// Household is a household of a state, among the households of its level in the query.
type Household struct {
	row   registry.Row
	index int // in level.rows
	level *householdLevel
}

type householdLevel struct {
	memo
	view *registry.View
	rows []*Household
}

// add makes the node of a row and puts it into the level.
func (l *householdLevel) add(row registry.Row) *Household {
	h := &Household{row, len(l.rows), l}
	l.rows = append(l.rows, h)
	return h
}

// HouseholdByID gives one household; nil when the state does not have it.
func HouseholdByID(ctx context.Context, v *registry.View, id registry.HouseholdID) (*Household, error) {
	found, err := v.Details(ctx, []registry.HouseholdID{id}, 0)
	if err != nil || !found[0].Found {
		return nil, err
	}
	return (&householdLevel{view: v}).add(found[0].Row), nil
}

func (*Household) IsNode() {}

func (h *Household) ID() string {
	return string(h.row.ID.AppendGlobal(nil, h.level.view.State.ID()))
}
func (h *Household) Rw() *string   { return optional(h.row.RW) }
func (h *Household) Rt() *string   { return optional(h.row.RT) }
func (h *Household) Members() *int { return known(h.row.Members) }
func (h *Household) HeadAge() *int { return known(h.row.HeadAge) }
func (h *Household) Decile() *int  { return known(h.row.Decile) }
func (h *Household) Location() orb.Geometry {
	if !h.row.Located {
		return nil
	}
	return h.row.Point.Point()
}
func (h *Household) HeadSex() *registry.Sex {
	if h.row.HeadSex == registry.SexUnknown {
		return nil
	}
	return &h.row.HeadSex
}
func (h *Household) ExpenditurePerCapitaRupiah() *int64   { return knownRupiah(h.row.Expenditure) }
func (h *Household) Deprivations() []registry.Deprivation { return h.row.Deprived.List() }
func (h *Household) UnknownDeprivations() []registry.Deprivation {
	return (^h.row.Known & (1<<registry.DeprivationCount - 1)).List()
}

func knownRupiah(n int64) *int64 {
	if n == registry.UnknownInt {
		return nil
	}
	return &n
}

// Area is found by code, in memory.
func (h *Household) Area(ctx context.Context) (*Area, error) {
	level, err := once(ctx, &h.level.memo, func() (*areas, error) {
		var positions []int
		for _, sibling := range h.level.rows {
			if p, ok := h.level.view.Areas.Find(sibling.row.Area); ok {
				positions = append(positions, p)
			}
		}
		return newAreas(h.level.view, positions), nil
	})
	if err != nil {
		return nil, err
	}
	return level.byCode(h.row.Area), nil
}

// details asks once for all households of the level, for all the parts that the query chooses.
func (h *Household) details(ctx context.Context) (*registry.Details, error) {
	all, err := onceBeside(ctx, &h.level.memo, func() ([]registry.Details, error) {
		fields := siblings(ctx, "Household", "Node")
		var want registry.DetailParts
		if chosen(fields, "enrolments") {
			want |= registry.DetailEnrolments
		}
		if chosen(fields, "dwelling") || chosen(fields, "composition") {
			want |= registry.DetailAttributes
		}
		ids := make([]registry.HouseholdID, len(h.level.rows))
		for i, sibling := range h.level.rows {
			ids[i] = sibling.row.ID
		}
		return h.level.view.Details(ctx, ids, want)
	})
	if err != nil {
		return nil, err
	}
	return &all[h.index], nil
}

func (h *Household) Dwelling(ctx context.Context) (*Dwelling, error) {
	d, err := h.details(ctx)
	if err != nil {
		return nil, err
	}
	return &Dwelling{d.Attributes}, nil
}

func (h *Household) Composition(ctx context.Context) ([]PersonCount, error) {
	d, err := h.details(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]PersonCount, registry.PersonKindCount)
	for k, n := range d.Attributes.Persons {
		out[k] = PersonCount{registry.PersonKind(k), known(n)}
	}
	return out, nil
}

// PersonCount is how many people of a kind a household has.
type PersonCount struct {
	Kind   registry.PersonKind
	People *int
}

// Dwelling is the dwelling of a household as recorded.
type Dwelling struct{ h *registry.Household }

func (d *Dwelling) Tenure() *string     { return optional(d.h.Tenure) }
func (d *Dwelling) Floor() *string      { return optional(d.h.Floor) }
func (d *Dwelling) Wall() *string       { return optional(d.h.Wall) }
func (d *Dwelling) Roof() *string       { return optional(d.h.Roof) }
func (d *Dwelling) Water() *string      { return optional(d.h.Water) }
func (d *Dwelling) Lighting() *string   { return optional(d.h.Lighting) }
func (d *Dwelling) Fuel() *string       { return optional(d.h.Fuel) }
func (d *Dwelling) Sanitation() *string { return optional(d.h.Sanitation) }
func (d *Dwelling) PowerVa() *int       { return known(d.h.PowerVA) }
func (d *Dwelling) FloorAreaM2() *float64 {
	if math.IsNaN(d.h.FloorAreaM2) {
		return nil
	}
	return &d.h.FloorAreaM2
}
