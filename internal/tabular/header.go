package tabular

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// header is where the names of the columns stand among the first rows of a table.
type header struct {
	first, rows int // index of the row, and how many rows it takes: 1 or 2
	names       []string
}

// findHeader chooses the first row that is about as wide as the widest and holds names rather than values: title lines
// are narrow, rows of data have numbers. Where names are merged over two rows, the lower one is taken where it has a name.
// rows are not empty; the first is chosen when none looks like names.
func findHeader(rows [][]string) header {
	widest := 0
	for _, row := range rows {
		widest = max(widest, filled(row))
	}
	at := 0
	for i, row := range rows {
		if n := filled(row); 10*n >= 6*widest && (n > 1 || widest == 1) && areNames(row) {
			at = i
			break
		}
	}
	h := header{first: at, rows: 1, names: make([]string, len(rows[at]))}
	for i, name := range rows[at] {
		h.names[i] = ColumnName(name)
	}
	if at+1 < len(rows) && isSecond(rows[at], rows[at+1]) {
		h.rows = 2
		h.fill(rows[at+1], true)
	}
	if at > 0 && filled(rows[at-1]) > 1 { // merged downwards: the name stands in the row above
		h.fill(rows[at-1], false)
	}
	for len(h.names) > 0 && h.names[len(h.names)-1] == "" {
		h.names = h.names[:len(h.names)-1]
	}
	return h
}

// fill takes names of another row: of a lower one wherever it has one, of an upper one where there is none.
func (h *header) fill(row []string, lower bool) {
	for i, cell := range row {
		name := ColumnName(cell)
		switch {
		case name == "":
		case i >= len(h.names):
			h.names = append(h.names, make([]string, i+1-len(h.names))...)
			h.names[i] = name
		case lower || h.names[i] == "":
			h.names[i] = name
		}
	}
}

// isSecond tells whether lower continues the names of upper: it names every column that upper leaves blank, and of the
// others only those at whose right such a blank begins, which is how a merged cell looks.
func isSecond(upper, lower []string) bool {
	blanks := 0
	cell := func(row []string, i int) string {
		if i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	for i := range max(len(upper), len(lower)) {
		up, low := cell(upper, i), cell(lower, i)
		switch {
		case up == "" && low == "":
			return false
		case up == "":
			blanks++
		case low != "" && (cell(upper, i+1) != "" || cell(lower, i+1) == ""):
			return false
		}
	}
	return blanks > 0 && areNames(lower)
}

func filled(row []string) (n int) {
	for _, cell := range row {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// areNames tells whether at least four fifths of what a row holds has a letter and is short, as names are.
func areNames(row []string) bool {
	names := 0
	for _, cell := range row {
		if len(cell) <= 200 && strings.ContainsFunc(cell, unicode.IsLetter) {
			names++
		}
	}
	return 5*names >= 4*filled(row)
}

// ColumnName is a name in one line, without spaces around it and characters that can't be seen.
func ColumnName(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c == utf8.RuneError || c == '\ufeff' || c == '\u200b' {
			return -1
		}
		return c
	}, name)
}
