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
	view  *registry.View
	state string // its id
	rows  []*Household
}

func newHouseholdLevel(v *registry.View) *householdLevel {
	return &householdLevel{view: v, state: v.State.ID()}
}

// add makes the nodes of rows and puts them into the level.
func (l *householdLevel) add(rows []registry.Row) []Household {
	nodes := make([]Household, len(rows))
	for i, row := range rows {
		nodes[i] = Household{row, len(l.rows), l}
		l.rows = append(l.rows, &nodes[i])
	}
	return nodes
}

// HouseholdByID gives one household; nil when the state does not have it.
func HouseholdByID(ctx context.Context, v *registry.View, id registry.HouseholdID) (*Household, error) {
	found, err := v.Details(ctx, []registry.HouseholdID{id}, 0)
	if err != nil || !found[0].Found {
		return nil, err
	}
	return &newHouseholdLevel(v).add([]registry.Row{found[0].Row})[0], nil
}

func (*Household) IsNode() {}

func (h *Household) ID() string {
	var b [128]byte
	return string(h.row.ID.AppendGlobal(b[:0], h.level.state))
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
	level, err := onceOf(ctx, &h.level.memo, h.level, (*householdLevel).areas)
	if err != nil {
		return nil, err
	}
	return level.byCode(h.row.Area), nil
}

func (l *householdLevel) areas() (*areas, error) {
	var positions []int
	for _, h := range l.rows {
		if p, ok := l.view.Areas.Find(h.row.Area); ok {
			positions = append(positions, p)
		}
	}
	return newAreas(l.view, positions), nil
}

// details asks once for all households of the level, for all the parts that the query chooses.
func (h *Household) details(ctx context.Context) (*registry.Details, error) {
	all, err := h.level.details(ctx)
	if err != nil {
		return nil, err
	}
	return &all[h.index], nil
}

func (l *householdLevel) details(ctx context.Context) ([]registry.Details, error) {
	return onceBeside(ctx, &l.memo, l, func(ctx context.Context, l *householdLevel) ([]registry.Details, error) {
		fields := siblings(ctx, "Household", "Node")
		var want registry.DetailParts
		if chosen(fields, "enrolments") {
			want |= registry.DetailEnrolments
		}
		if chosen(fields, "dwelling") || chosen(fields, "composition") {
			want |= registry.DetailAttributes
		}
		ids := make([]registry.HouseholdID, len(l.rows))
		for i, h := range l.rows {
			ids[i] = h.row.ID
		}
		return l.view.Details(ctx, ids, want)
	})
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
