package export

import (
	"context"
	"math/bits"
	"strings"

	"kantong/internal/registry"
)

// MaxHouseholds is how many households one list may have.
const MaxHouseholds = 1_000_000

// householdsAtOnce are read of an engine in one page.
const householdsAtOnce = 20_000

// Unreached is the list of the households that a programme means and does not reach, of those that a filter keeps: the poorest and
// most deprived first. Rows are asked of the view as they are gone through. Errors are NOT_FOUND with field program and those of
// the filter; of the rows those of View.Rows, and COMPLEXITY_LIMIT_EXCEEDED for more than MaxHouseholds.
func Unreached(ctx context.Context, v *registry.View, program string, f registry.Filter) (Table, error) {
	t := Table{Name: "unreached", Title: "Families that " + program + " means and does not reach", Geometry: "POINT", Columns: householdColumns()}
	if _, ok := v.Program(program); !ok {
		return t, registry.NotFound("program", "edition %s has no programme %.40q", v.State.ID(), program)
	}
	if err := v.CheckFilter(&f); err != nil {
		return t, registry.Under("filter", err)
	}
	q := registry.RowsQuery{Filter: registry.Join(&f, &registry.Filter{EligibleFor: program, NotEnrolledIn: []string{program}}), ByNeed: true, First: householdsAtOnce}
	t.Rows = func(yield func(Row, error) bool) {
		for n := int64(0); ; {
			pages, err := v.Rows(ctx, q)
			if err != nil {
				yield(Row{}, err)
				return
			}
			page := pages[0]
			for i := range page.Rows {
				if n++; !yield(householdRow(v, n, &page.Rows[i]), nil) {
					return
				}
			}
			switch {
			case !page.More:
				return
			case n >= MaxHouseholds:
				yield(Row{}, registry.Errorf(registry.CodeComplexity, "filter", "more than %d households: narrow the filter", MaxHouseholds))
				return
			}
			after := page.Rows[len(page.Rows)-1].Key()
			q.After = &after
		}
	}
	return t, nil
}

func householdColumns() []Column {
	return []Column{
		{"order", Whole, "", "1 is the poorest and most deprived"}, {Name: "id", Description: "As in GraphQL; a keyed hash, no card number"},
		{Name: "area_code", Description: "Kemendagri code of the kelurahan"}, {Name: "kelurahan", Description: "Its name"}, {Name: "kecamatan", Description: "Name of the kecamatan"},
		{Name: "rw", Description: "Neighbourhood unit as recorded"}, {Name: "rt", Description: "Neighbourhood unit as recorded"},
		{"decile", Whole, "", "National rank, 1 is the poorest; empty when unranked"}, {"members", Whole, "people", "Empty when unknown"},
		{Name: "head_sex", Description: "MALE or FEMALE; empty when unknown"}, {"head_age", Whole, "years", "Empty when unknown"},
		{"deprivations", Whole, "", "How many are known to hold"}, {Name: "deprived_in", Description: "Which of them"}, {Name: "enrolled_in", Description: "Programmes that reach the family"},
		{"longitude", Number, "degrees", "WGS 84; empty without a location"}, {"latitude", Number, "degrees", "WGS 84"},
	}
}

func householdRow(v *registry.View, n int64, r *registry.Row) Row {
	var deprived, programs []string
	for _, d := range r.Deprived.List() {
		deprived = append(deprived, d.String())
	}
	for i := range v.Programs {
		if r.Enrolled&(1<<i) != 0 {
			programs = append(programs, v.Programs[i].Code)
		}
	}
	sex := ""
	if r.HeadSex != registry.SexUnknown {
		sex = r.HeadSex.String()
	}
	nameOf := func(code registry.AreaCode) any {
		if at, ok := v.Areas.Find(code); ok {
			return v.Areas.Area(at).Name
		}
		return nil
	}
	row := Row{Values: []any{n, string(r.ID.AppendGlobal(nil, v.State.ID())), string(r.Area), nameOf(r.Area), nameOf(r.Area.Parent()), text(r.RW), text(r.RT), known(r.Decile), known(r.Members), text(sex), known(r.HeadAge),
		int64(bits.OnesCount64(uint64(r.Deprived))), text(strings.Join(deprived, " ")), text(strings.Join(programs, " ")), nil, nil}}
	if r.Located {
		p := r.Point.Point()
		row.Geometry = p
		row.Values[len(row.Values)-2], row.Values[len(row.Values)-1] = p[0], p[1]
	}
	return row
}
