package ingest

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"kantong/internal/registry"
	"kantong/internal/tabular"
)

// table is a file whose columns have been given their attributes.
type table struct {
	in      *tabular.Table
	job     *job
	names   []string                 // of the columns, as the file has them
	columns map[string]int           // attribute → column
	several map[string][]int         // attribute → columns, of those that may have more than one
	values  []*translation           // per column, what the mapping says of its values; nil for nothing
	shown   map[int]string           // columns whose values must not be written, and what is written instead
	keys    []keyColumn              // columns that hold numbers by which families are found
	used    []bool                   // columns that give an attribute
	peeked  []tabular.Row            // rows read ahead, not given yet
	faulty  func(line int, f *fault) // takes rows that can't be read as rows; reject, as a rule
	unsure  map[int]int64            // values of numbers beside the first that can't be trusted, by column
}

// openTable opens the job's file and gives its columns their attributes. attributes are the names that mean something for this kind of file; other columns are
// ignored and listed in the report.
func openTable(j *job, attributes []string, mapping *Mapping) (*table, error) {
	in, err := tabular.Open(j.ctx, j.file, tabular.Options{Sheet: mapping.sheetName(), Progress: j.tell("reading " + j.im.File)})
	if err != nil {
		return nil, err
	}
	j.opened = in
	t := &table{in: in, job: j, names: in.Names, columns: map[string]int{}, several: map[string][]int{}, unsure: map[int]int64{}, shown: map[int]string{}}
	t.faulty = t.reject
	if err := mapping.checkFor(attributes, t.names); err != nil {
		return nil, err
	}
	if err := t.takeKeys(attributes, mapping); err != nil {
		return nil, err
	}
	t.values, t.used = make([]*translation, len(t.names)), make([]bool, len(t.names))
	if in.Sheet != "" {
		j.note("read %s of the %s", in.Sheet, map[tabular.Format]string{tabular.XLSX: "workbook", tabular.GeoPackage: "GeoPackage"}[in.Format])
	}
	var ignored, personal []string
	for _, i := range mapping.order(t.names) {
		name := t.names[i]
		attribute := t.attributeOf(name, attributes, mapping)
		first, twice := t.columns[attribute]
		switch {
		case t.isKey(i):
			t.used[i] = true
		case slices.Contains(attributes, attribute) && twice && mapping.tolerant() && !mayRepeat(attribute):
			j.note("%s is taken from column %s; column %s is ignored", attribute, t.names[first], name)
			t.shown[i] = "(not shown)"
		case slices.Contains(attributes, attribute):
			if twice && !mayRepeat(attribute) {
				return nil, registry.Invalid("header", "columns %q and %q both give %s", t.names[min(first, i)], t.names[max(first, i)], attribute)
			}
			if !twice {
				t.columns[attribute] = i
			}
			t.several[attribute] = append(t.several[attribute], i)
			t.values[i] = mapping.valuesOf(attribute)
			t.used[i] = true
			if isPersonal(name) || attribute == "rt_rw" {
				t.shown[i] = "(not shown)"
			}
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
	value := trim(fields[column])
	if t.in.Format != tabular.GeoPackage {
		value = registry.PlainCell(value)
	}
	if values := t.values[column]; values != nil {
		value = values.of(value)
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
func faultTwice(column int, value string, first uint32) *fault {
	f := &fault{column: column, value: value, reason: "is given twice", detail: fmt.Sprintf(", first on line %d", first)}
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
			for i, values := range t.values {
				if values != nil && values.others > 0 {
					t.job.note("column %s has %s to which the mapping gives no meaning of their own (\"*\")", t.names[i], plural(values.others, "value"))
				}
			}
			for _, k := range t.keys {
				if n := t.unsure[k.column]; n > 0 {
					t.job.note("%s of column %s can't be trusted, numbers that a spreadsheet rounded as a rule: no family will be found by %s", valuesOf(n), t.names[k.column], itOrThem(n))
				}
			}
			for _, note := range t.in.Notes() {
				t.job.note("%s", note)
			}
			return nil
		case err != nil:
			return t.failed(err)
		case rec.Fault != "":
			t.faulty(rec.Number, &fault{column: rec.Column, value: rec.Value, reason: rec.Fault})
			continue
		case rec.Doubts != nil && t.doubtful(rec):
			continue
		case rec.Fields[0] == "" && !slices.ContainsFunc(rec.Fields, func(v string) bool { return v != "" }):
			empty++
			continue
		}
		if err := row(rec.Number, rec.Fields); err != nil {
			return err
		}
	}
}

// failed is the error of reading: what the file is to blame for as it is, anything else with the file's name.
func (t *table) failed(err error) error {
	if registry.CodeOf(err) == registry.CodeBadUserInput {
		return err
	}
	return fmt.Errorf("reading %s: %w", t.job.report.File, err)
}

// doubtful rejects a row with a value that can't be trusted in a column that is used. Of numbers by which a family is found
// only the first must be sure: the others are left out.
func (t *table) doubtful(rec tabular.Row) bool {
	for _, d := range rec.Doubts {
		if t.isKey(d.Column) && d.Column != t.keys[0].column {
			rec.Fields[d.Column] = ""
			t.unsure[d.Column]++
			continue
		}
		if t.used[d.Column] {
			t.faulty(rec.Number, &fault{column: d.Column, value: rec.Fields[d.Column], reason: d.Reason})
			return true
		}
	}
	return false
}

// Bounds of what is read ahead.
const (
	maxPeekedRows  = 1000
	maxPeekedBytes = 16 << 20
)

// peek gives the first rows, which rows will give again.
func (t *table) peek() ([]tabular.Row, error) {
	for size := 0; len(t.peeked) < maxPeekedRows && size < maxPeekedBytes; {
		rec, err := t.in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, t.failed(err)
		}
		rec.Fields = slices.Clone(rec.Fields)
		for _, field := range rec.Fields {
			size += len(field)
		}
		t.peeked = append(t.peeked, rec)
	}
	return t.peeked, nil
}

func (t *table) next() (tabular.Row, error) {
	if len(t.peeked) > 0 {
		rec := t.peeked[0]
		t.peeked = t.peeked[1:]
		return rec, nil
	}
	return t.in.Next()
}

// translation is what a mapping says of the values of one attribute, and what was made of those met so far.
type translation struct {
	attribute string
	classes   map[string]string // by valueKey; "*" for all others that the attribute can't take
	known     map[string]string // by the value as it stands
	others    int64             // values that "*" stood for, where it makes them unknown
}

// maxTranslated bounds what is remembered of a column; a column with more values is no list of classes.
const maxTranslated = 4096

func (t *translation) of(value string) string {
	if class, ok := t.known[value]; ok {
		return class
	}
	class, ok := t.classes[valueKey(value)]
	if !ok {
		class = value
		if other, has := t.classes["*"]; has && !isUnknown(value) && checkValue(t.attribute, value) != "" {
			t.others++
			return other
		}
	}
	if len(t.known) < maxTranslated && len(value) <= 200 {
		key := strings.Clone(value)
		if !ok {
			class = key
		}
		t.known[key] = class
	}
	return class
}

// newTranslation has a memory of its own, so that files read at the same time don't share it.
func newTranslation(attribute string, classes map[string]string) *translation {
	return &translation{attribute: attribute, classes: maps.Clone(classes), known: map[string]string{}}
}

// valueKey makes alike what offices write in several ways: letters in small, spaces, points, commas, dashes and strokes as one
// space, codes without zeros in front or a decimal zero behind: "02" and "2.0" are "2".
func valueKey(value string) string {
	words := strings.FieldsFunc(strings.ToLower(value), func(c rune) bool {
		return strings.ContainsRune(" \t\n\u00a0/,.()-_;:", c)
	})
	if len(words) == 2 && words[1] == "0" && isDigits(words[0]) {
		words = words[:1]
	}
	if len(words) == 1 && isDigits(words[0]) && len(words[0]) < numberIsIdentity {
		if words[0] = strings.TrimLeft(words[0], "0"); words[0] == "" {
			return "0"
		}
	}
	return strings.Join(words, " ")
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}
