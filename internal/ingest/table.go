package ingest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"kantong/internal/registry"
)

// table is a CSV file whose columns have been given their attributes.
type table struct {
	*csvReader
	job     *job
	names   []string            // of the columns, as the file has them
	columns map[string]int      // attribute → column
	values  []map[string]string // per column, what the mapping says of its values; nil for nothing
	shown   map[int]string      // columns whose values must not be written, and what is written instead
	keys    []keyColumn         // columns that hold numbers by which families are found
}

// openTable reads the header. attributes are the names that mean something for this kind of file; other columns are
// ignored and listed in the report.
func openTable(j *job, in io.Reader, attributes []string, mapping *Mapping) (*table, error) {
	t := &table{csvReader: newCSVReader(in), job: j, columns: map[string]int{}, shown: map[int]string{}}
	var err error
	if t.names, err = t.readHeader(); err != nil {
		return nil, err
	}
	if err := mapping.checkFor(attributes, t.names); err != nil {
		return nil, err
	}
	if err := t.takeKeys(attributes, mapping); err != nil {
		return nil, err
	}
	t.values = make([]map[string]string, len(t.names))
	var ignored, personal []string
	for i, name := range t.names {
		attribute := t.attributeOf(name, attributes, mapping)
		switch {
		case t.isKey(i):
		case slices.Contains(attributes, attribute):
			if first, twice := t.columns[attribute]; twice {
				return nil, registry.Invalid("header", "columns %q and %q both give %s", t.names[first], name, attribute)
			}
			t.columns[attribute] = i
			t.values[i] = mapping.valuesOf(attribute)
		case isPersonal(name) || isCardNumber(name):
			personal = append(personal, name)
			t.shown[i] = "(not shown)"
		default:
			if name != "" {
				ignored = append(ignored, name)
			}
			t.shown[i] = "(not shown)"
		}
	}
	if personal != nil {
		j.note("not stored, personal data: %s", strings.Join(personal, ", "))
	}
	if ignored != nil {
		j.note("ignored columns: %s", strings.Join(ignored, ", "))
	}
	return t, nil
}

// attributeOf is what a column gives: its name, or what the mapping says of it. In lists of enrolments it may have the name that
// offices use, where no other column gives the same.
func (t *table) attributeOf(name string, attributes []string, mapping *Mapping) string {
	attribute := mapping.attribute(name)
	other := enrolmentNames[strings.Join(columnWords(name), "_")]
	if other == "" || slices.Contains(attributes, attribute) || !slices.Contains(attributes, "period") || mapping.has(name) {
		return attribute
	}
	for i := range t.names {
		if t.isPlain(i, other, mapping) {
			return attribute
		}
	}
	if _, taken := t.columns[other]; taken {
		return attribute
	}
	return other
}

// require gives the column of an attribute that the file must have.
func (t *table) require(attribute string) (int, error) {
	i, ok := t.columns[attribute]
	if !ok {
		return 0, registry.Invalid("header", "there is no column %s", attribute)
	}
	return i, nil
}

// column gives the column of an attribute, -1 when the file has none.
func (t *table) column(attribute string) int {
	if i, ok := t.columns[attribute]; ok {
		return i
	}
	return -1
}

// cell gives a value without spaces around it, without the apostrophe that exports put before what looks like a formula, and
// translated by the mapping; "" when it is unknown or column is -1.
func (t *table) cell(fields []string, column int) string {
	if column < 0 {
		return ""
	}
	value := registry.PlainCell(trim(fields[column]))
	if values := t.values[column]; values != nil {
		if class, ok := values[strings.ToLower(value)]; ok {
			value = class
		}
	}
	if isUnknown(value) {
		return ""
	}
	return value
}

// trim is strings.TrimSpace, quick where there is nothing to trim.
func trim(value string) string {
	if n := len(value); n == 0 || value[0] > ' ' && value[0] < utf8.RuneSelf && value[n-1] > ' ' && value[n-1] < utf8.RuneSelf {
		return value
	}
	return strings.TrimSpace(value)
}

// fault is why a row is rejected. Rows are counted by column and reason; detail is what differs from row to row.
type fault struct {
	column int // -1 when the row as a whole is at fault
	value  string
	reason string
	detail string
}

func (t *table) reject(line int, f *fault) {
	column, value := "", f.value
	if f.column >= 0 && f.column < len(t.names) {
		column = t.names[f.column]
		if instead, hidden := t.shown[f.column]; hidden && value != "" {
			value = instead
		}
	}
	t.job.rejects.add(line, column, value, f.reason, f.detail)
}

// faultOf is the fault that an error of registry tells of.
func (t *table) faultOf(err error, fields []string) *fault {
	var e *registry.Error
	if !errors.As(err, &e) {
		return &fault{column: -1, reason: err.Error()}
	}
	column := t.column(e.Field)
	if column < 0 {
		return &fault{column: -1, reason: e.Field + " " + checkReason(e)}
	}
	return &fault{column: column, value: t.cell(fields, column), reason: checkReason(e)}
}

// faultTwice is the fault of a row that gives again what line first gave; first is 0 for what the draft held before.
func (t *table) faultTwice(column int, fields []string, first uint32) *fault {
	f := &fault{column: column, value: t.cell(fields, column), reason: "is given twice", detail: fmt.Sprintf(", first on line %d", first)}
	if first == 0 {
		f.reason, f.detail = "is already in the draft", ""
	}
	return f
}

// rows calls row for every record that is whole, until it or the reading fails. row rejects what it can't use.
func (t *table) rows(row func(line int, fields []string) error) error {
	empty := int64(0)
	for {
		rec, err := t.next()
		switch {
		case err == io.EOF:
			if empty > 0 {
				t.job.note("skipped %s without any value", plural(empty, "row"))
			}
			return nil
		case err != nil:
			return fmt.Errorf("reading %s: %w", t.job.report.File, err)
		case rec.fault != "":
			t.reject(rec.line, &fault{column: rec.column, value: rec.value, reason: rec.fault})
			continue
		case rec.fields[0] == "" && !slices.ContainsFunc(rec.fields, func(v string) bool { return v != "" }):
			empty++
			continue
		}
		if err := row(rec.line, rec.fields); err != nil {
			return err
		}
	}
}
