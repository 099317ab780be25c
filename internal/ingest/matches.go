package ingest

import (
	"fmt"

	"github.com/dustin/go-humanize"
)

// FamilyMatches says how the families of a file are those of the newest published edition.
type FamilyMatches struct {
	Edition      string // the edition
	Number       string // the attribute by which the file identifies families, e.g. kk
	ByNumber     int64  // found again by it
	ByOther      int64  // found again by another number: the card changed
	New          int64  // no family of the edition; of these:
	Split        int64  // came out of a family that another of the file is
	Undecided    int64  // their numbers lead to several families alike, or several families claim one alike
	Left         int64  // families of the edition that are not in the file
	Merged       int64  // likewise, but some of their numbers are, in the row of another family
	Contradicted int64  // found by their number or card, while all other numbers lead to another family
}

// Lines are the report for a person, one sentence each.
func (m *FamilyMatches) Lines() []string {
	lines := []string{fmt.Sprintf("Compared with edition %s: %s found again by %s, %s by other numbers (the %s changed), %s new, %s not in this file any more.",
		m.Edition, families(m.ByNumber), m.Number, humanize.Comma(m.ByOther), m.Number, humanize.Comma(m.New), humanize.Comma(m.Left+m.Merged))}
	if m.Split > 0 {
		lines = append(lines, fmt.Sprintf("Split: %s came out of a family that is found again, and %s new.", families(m.Split), areOrIs(m.Split)))
	}
	if m.Merged > 0 {
		lines = append(lines, fmt.Sprintf("Merged: of those not in this file any more, %s left numbers in other families.", families(m.Merged)))
	}
	if m.Contradicted > 0 {
		lines = append(lines, fmt.Sprintf("Please check: the card of %s says another family than all other numbers; the card was believed.", families(m.Contradicted)))
	}
	if m.Undecided > 0 {
		lines = append(lines, fmt.Sprintf("Please check: the numbers of %s lead to several families alike, so nobody can say which it was; %s new.", families(m.Undecided), areOrIs(m.Undecided)))
	}
	return lines
}

// RecipientMatches says whom of a list the edition has. The unit is a row of the list.
type RecipientMatches struct {
	Matched   int64 // stored, or folded into another row of the family
	Ambiguous int64 // its numbers belong to different families: rejected
	Unmatched int64 // none of its numbers is known to the edition
	Folded    int64 // rows that were added to another row of the same family
	// Recipients are the unmatched that receive, each counted once, by programme and area.
	Recipients int64
	List       string // file that lists unmatched rows by line; "" when there are none
}

// Lines are the report for a person, one sentence each.
func (m *RecipientMatches) Lines() []string {
	lines := []string{fmt.Sprintf("Matched %s, ambiguous %s, unmatched %s.", rowsOf(m.Matched), rowsOf(m.Ambiguous), rowsOf(m.Unmatched))}
	if m.Folded > 0 {
		lines = append(lines, fmt.Sprintf("Added to another row of the same family and programme: %s. Persons are counted, rupiah summed.", rowsOf(m.Folded)))
	}
	if m.Ambiguous > 0 {
		lines = append(lines, "Ambiguous rows have numbers of different families. They are among the rejected rows.")
	}
	if m.Recipients > 0 {
		lines = append(lines, fmt.Sprintf("Counted by programme and kelurahan, as part of the inclusion error: %s whom no family of the edition stands for.", recipients(m.Recipients)))
	}
	if m.List != "" {
		lines = append(lines, "Unmatched rows are listed in "+m.List)
	}
	return lines
}

func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return humanize.Comma(n) + " " + many
}

func families(n int64) string   { return counted(n, "family", "families") }
func rowsOf(n int64) string     { return counted(n, "row", "rows") }
func recipients(n int64) string { return counted(n, "recipient", "recipients") }

func areOrIs(n int64) string {
	if n == 1 {
		return "it counts as"
	}
	return "they count as"
}

func numbersStand(n int64) string { return counted(n, "number stands", "numbers stand") }
func valuesOf(n int64) string     { return counted(n, "value", "values") }
func isOrAre(n int64) string      { return map[bool]string{true: "is", false: "are"}[n == 1] }
func itOrThem(n int64) string     { return map[bool]string{true: "it", false: "them"}[n == 1] }
