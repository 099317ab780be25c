package export

import (
	"iter"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
	"kantong/internal/tiles"
)

// Kind is what a column holds.
type Kind uint8

// The kinds. A cell may always be empty.
const (
	Text   Kind = iota // string
	Whole              // int64
	Number             // float64, or int64
)

// Column describes a column.
type Column struct {
	Name        string
	Kind        Kind
	Unit        string // "" for none
	Description string
}

// Row is a line of a table.
type Row struct {
	ID       uint64       // of the feature; 0 for none
	Values   []any        // in the order of the columns: nil, string, int64 or float64
	Geometry orb.Geometry // nil for none
}

// Table is what is written. Rows can be gone through once, and end with an error that makes the whole file worthless.
type Table struct {
	Name     string // of the layer or sheet
	Title    string
	Columns  []Column
	Geometry string // POINT, MULTIPOLYGON or GEOMETRY (mixed); "" for a table without
	Rows     iter.Seq2[Row, error]
}

// rowsOf gives rows that are there already.
func rowsOf(list []Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// statusMeaning describes a column of statuses.
const statusMeaning = "EXACT, PERTURBED (it deviates a little at random), SUPPRESSED (it could reveal a household; it may also be zero) or UNKNOWN (nothing recorded)"

// withStatus are a figure's two columns.
func withStatus(c Column) []Column {
	return []Column{c, {Name: c.Name + "_status", Kind: Text, Description: "What " + c.Name + " is: " + statusMeaning}}
}

// count is a figure of a tally, and its status.
func count(n int64, s registry.FigureStatus) []any {
	if !s.HasValue() {
		return []any{nil, s.String()}
	}
	return []any{n, s.String()}
}

// share is a measure's value, and its status.
func share(r registry.Rate) []any {
	if !r.Status.HasValue() {
		return []any{nil, r.Status.String()}
	}
	return []any{tiles.Rounded(r.Value), r.Status.String()}
}

// known is a number that may be unknown.
func known(n int) any {
	if n == registry.UnknownInt {
		return nil
	}
	return int64(n)
}

// text is a text that may be empty.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}
