// Package tabular reads the tables that offices send (CSV text in any of the usual encodings, XLSX workbooks,
// GeoPackages) as one stream of rows of text. It tells the kind of a file by its content, never by its name, finds the row
// with the names of the columns below title lines, and reads within fixed bounds of memory whatever the file holds.
//
// What a row can't be trusted in is told in the row and never repaired: numbers from which a spreadsheet dropped digits,
// formulas without a value, bytes that are no text. What is said of the file as a whole is in Notes.
package tabular

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// Limits of any table.
const (
	maxColumns   = 16_384  // as in XLSX
	maxCellBytes = 1 << 20 // and of a whole line of CSV
	headerWindow = 25      // rows among which the names of the columns are looked for
)

// Format is a kind of file.
type Format string

// The kinds of files.
const (
	CSV        Format = "CSV"
	XLSX       Format = "XLSX"
	GeoPackage Format = "GeoPackage"
)

// Options says what to read of a file.
type Options struct {
	Sheet    string                  // of a workbook, or layer of a GeoPackage; "" for the only one with data
	Progress func(done, total int64) // told as reading goes on, in bytes or rows; may be nil
}

// Row is one row. Fields has a value for every name of the table and is overwritten by the next row; its texts are not.
type Row struct {
	Number int // line of a text, row of a sheet, or feature id; from 1
	Fields []string
	Doubts []Doubt // values that can't be trusted; nil for most rows
	Fault  string  // why the row as a whole can't be used; Fields is then nil
	Column int     // at fault; -1 when it is the row as a whole
	Value  string  // at fault
}

// Doubt is a value that is not what the office meant, as far as can be told.
type Doubt struct {
	Column int
	Reason string
}

// Table is an open file.
type Table struct {
	Format    Format
	Sheet     string // "" for CSV
	Encoding  string // of CSV
	Comma     byte   // between the values of CSV; a comma for other formats
	HeaderRow int    // the row with the names of the columns, from 1; 0 for a GeoPackage
	Names     []string
	rows      source
}

// source gives the rows after the header; io.EOF at the end.
type source interface {
	next() (Row, error)
	notes(names []string) []string
	close() error
}

// Next gives the row after the last one; io.EOF at the end.
func (t *Table) Next() (Row, error) { return t.rows.next() }

// Notes says what a person should know of how the file was read, one sentence each. It is complete after the last row.
func (t *Table) Notes() []string {
	var out []string
	if t.Encoding != "" && t.Encoding != utf8Name {
		out = append(out, "read the text as "+t.Encoding)
	}
	if t.HeaderRow > 1 {
		out = append(out, fmt.Sprintf("the names of the columns stand in row %d; what is above was not read", t.HeaderRow))
	}
	return append(out, t.rows.notes(t.Names)...)
}

// Close frees what the table holds; the file stays open.
func (t *Table) Close() error { return t.rows.close() }

// Open finds out what kind of file it is and reads the names of its columns. The file must be regular, and is read from
// its beginning. Errors a person can act on are registry.Error with the field file, sheet or header.
func Open(ctx context.Context, file *os.File, opts Options) (*Table, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if opts.Progress == nil {
		opts.Progress = func(int64, int64) {}
	}
	begin := make([]byte, 16)
	n, err := file.ReadAt(begin, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	begin = begin[:n]
	var t *Table
	switch {
	case n == 0:
		return nil, registry.Invalid("file", "the file is empty")
	case bytes.HasPrefix(begin, []byte("PK\x03\x04")), bytes.HasPrefix(begin, []byte("PK\x05\x06")):
		t, err = openXLSX(ctx, file, info.Size(), opts)
	case bytes.HasPrefix(begin, []byte("SQLite format 3\x00")):
		t, err = openGeoPackage(ctx, file.Name(), opts)
	default:
		for magic, kind := range refusedKinds {
			if bytes.HasPrefix(begin, []byte(magic)) {
				return nil, registry.Invalid("file", "this is %s", kind)
			}
		}
		if opts.Sheet != "" {
			return nil, registry.Invalid("sheet", "a CSV file has no sheet %q", opts.Sheet)
		}
		t, err = openCSV(ctx, file, info.Size(), opts)
	}
	return t, err
}

// refusedKinds are files that offices send, by how they begin, and what to do with them.
var refusedKinds = map[string]string{
	"\xd0\xcf\x11\xe0": "an old Excel file (.xls) or one with a password; save it as XLSX without a password",
	"%PDF":             "a PDF; ask for the table as XLSX or CSV",
	"\x1f\x8b":         "a compressed file; unpack it first",
	"Rar!":             "a compressed file; unpack it first",
	"7z\xbc\xaf":       "a compressed file; unpack it first",
	"PAR1":             "a Parquet file; save it as CSV",
	"{\"":              "JSON, not a table; save it as CSV or GeoPackage",
	"<":                "XML or HTML, not a table; open it in a spreadsheet and save it as XLSX",
}

// chooseSheet gives the position of the sheet to read: the one asked for, or the only one. kind names a sheet.
func chooseSheet(kind, wanted string, names []string) (int, error) {
	if wanted != "" {
		if i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), strings.TrimSpace(wanted)) }); i >= 0 {
			return i, nil
		}
		return 0, registry.Invalid("sheet", "there is no %s %q; the file has %s", kind, wanted, quoted(names))
	}
	switch len(names) {
	case 0:
		return 0, registry.Invalid("file", "there is no %s with data in it", kind)
	case 1:
		return 0, nil
	}
	return 0, registry.Invalid("sheet", "the file has several: %s; say which (sheet: in the mapping, or --sheet)", quoted(names))
}

// maxNamed is how many names a message lists.
const maxNamed = 10

func quoted(names []string) string {
	var out []string
	for i, n := range names {
		if i == maxNamed {
			out = append(out, fmt.Sprintf("%d more", len(names)-maxNamed))
			break
		}
		if len(n) > 60 {
			n = n[:60] + "…"
		}
		out = append(out, fmt.Sprintf("%q", n))
	}
	return strings.Join(out, ", ")
}
