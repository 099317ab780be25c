package ingest

import (
	"cmp"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// rejects lists the rows at fault: each in a file, and counted by column and reason. The file is begun with the first.
type rejects struct {
	path   string // where the list is to be in the end
	places string // what the number of a row is called; "line" if empty
	count  int64
	byKind map[[2]string]*Reason
	all    bool // nothing of the input was good
	file   *os.File
	csv    *csv.Writer
	err    error

	unlisted bool // rows are counted only
}

func newRejects(input string) *rejects { return newList(input + ".rejected.csv") }

// newList begins a list of rows at a path.
func newList(path string) *rejects {
	return &rejects{path: path, byKind: map[[2]string]*Reason{}}
}

// countRejects counts rows and lists none.
func countRejects() *rejects { return &rejects{byKind: map[[2]string]*Reason{}, unlisted: true} }

// add counts a row by column and reason; detail is for the list alone. A value that identifies somebody must not be passed.
func (r *rejects) add(line int, column, value, reason, detail string) {
	r.count++
	kind := [2]string{column, reason}
	if known := r.byKind[kind]; known != nil {
		known.Count++
	} else {
		r.byKind[kind] = &Reason{Column: column, Reason: reason, Count: 1, FirstLine: line}
	}
	if r.unlisted {
		return
	}
	if r.file == nil && r.err == nil {
		r.begin()
	}
	if r.err == nil {
		r.err = r.csv.Write([]string{strconv.Itoa(line), defuse(column), defuse(shown(value)), defuse(reason + detail)})
	}
}

// begin opens a file that becomes the list: beside the input, else among the temporary files.
func (r *rejects) begin() {
	r.file, r.err = os.CreateTemp(filepath.Dir(r.path), ".kantong-*.tmp")
	if r.err != nil {
		r.path = ""
		r.file, r.err = os.CreateTemp("", "kantong-*.rejected.csv")
	}
	if r.err == nil {
		r.csv = csv.NewWriter(r.file)
		r.err = r.csv.Write([]string{cmp.Or(r.places, "line"), "column", "value", "reason"})
	}
}

// keep puts the list in its place and gives its path; without rejected rows it removes the list of an earlier run.
func (r *rejects) keep() (string, error) {
	if r.count == 0 {
		if err := os.Remove(r.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		return "", nil
	}
	if r.err == nil {
		r.csv.Flush()
		r.err = r.csv.Error()
	}
	if r.err != nil {
		r.discard()
		return "", r.err
	}
	name := r.file.Name()
	err := r.file.Close()
	if err == nil && r.path != "" {
		err = os.Rename(name, r.path)
		name = r.path
	}
	if err != nil {
		r.discard()
		return "", err
	}
	r.file = nil
	return name, nil
}

func (r *rejects) discard() {
	if r.file != nil {
		r.file.Close()
		os.Remove(r.file.Name())
		r.file = nil
	}
}

// sorted gives the reasons, most frequent first, then by line.
func (r *rejects) sorted() []Reason {
	out := make([]Reason, 0, len(r.byKind))
	for _, reason := range r.byKind {
		out = append(out, *reason)
	}
	slices.SortFunc(out, func(a, b Reason) int {
		switch {
		case a.Count != b.Count:
			return int(min(max(b.Count-a.Count, -1), 1))
		case a.FirstLine != b.FirstLine:
			return a.FirstLine - b.FirstLine
		}
		return strings.Compare(a.Column+a.Reason, b.Column+b.Reason)
	})
	return out
}

// maxShown is how many characters of a value are shown.
const maxShown = 80

// shown makes a value fit to be written: short, readable, and without anything that may be an identity number.
func shown(value string) string {
	plain := value
	if !utf8.ValidString(value) || strings.ContainsFunc(value, func(c rune) bool { return !unicode.IsPrint(c) }) {
		value = strconv.QuoteToASCII(value)
		value = value[1 : len(value)-1]
	}
	if looksLikeIdentityNumber(plain) || looksLikeIdentityNumber(value) { // a damaged one may look so only once it is written out
		return "(a number of 16 or more digits)"
	}
	if utf8.RuneCountInString(value) > maxShown {
		value = string([]rune(value)[:maxShown]) + "…"
	}
	return value
}

// defuse keeps a spreadsheet from taking a cell for a formula.
func defuse(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
