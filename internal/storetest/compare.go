package storetest

import (
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kantong/internal/registry"
)

// diffCells tells how the cells of one query differ; "" when they don't.
func diffCells(got, want []registry.Cell) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d cells, want %d; keys (-got +want):\n%s", len(got), len(want), cmp.Diff(keys(got), keys(want)))
	}
	for i := range got {
		if !sameCell(&got[i], &want[i]) {
			return fmt.Sprintf("cell %d, %+v (-got +want):\n%s", i, want[i].Key, cmp.Diff(got[i], want[i]))
		}
	}
	return ""
}

func keys(cells []registry.Cell) []registry.Key {
	out := make([]registry.Key, len(cells))
	for i := range cells {
		out[i] = cells[i].Key
	}
	return out
}

func sameCell(a, b *registry.Cell) bool {
	return a.Key == b.Key && a.Total == b.Total && a.Located == b.Located && sameSlice(a.Deciles, b.Deciles) &&
		sameSlice(a.Deprived, b.Deprived) && sameSlice(a.Known, b.Known) && sameSlice(a.Enrolled, b.Enrolled) &&
		sameSlice(a.Persons, b.Persons) && sameSlice(a.Benefits, b.Benefits) && sameSlice(a.Poverty, b.Poverty)
}

// sameSlice tells a nil slice, which is a measure nobody asked for, from an empty one.
func sameSlice[T comparable](a, b []T) bool { return slices.Equal(a, b) && (a == nil) == (b == nil) }

// diffPages compares pages; Rows of a page must not be nil.
func diffPages(got, want []registry.RowsPage) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d pages, want %d", len(got), len(want))
	}
	for i := range got {
		if !sameSlice(got[i].Rows, want[i].Rows) || got[i].More != want[i].More || got[i].Total != want[i].Total {
			return fmt.Sprintf("page %d (-got +want):\n%s", i, cmp.Diff(got[i], want[i]))
		}
	}
	return ""
}

// diffHouseholds compares to the last bit, an unknown float with an unknown float.
func diffHouseholds(got, want any) string { return cmp.Diff(got, want, cmpopts.EquateNaNs()) }
