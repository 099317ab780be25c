package ingest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// maxProgramBytes is more than MaxPrograms programmes need.
const maxProgramBytes = 16 << 20

// programJSON is a programme as files have it.
type programJSON struct {
	Code           string          `json:"code"`
	Name           string          `json:"name"`
	Pillar         string          `json:"pillar"`
	Funder         string          `json:"funder"`
	FunderKind     string          `json:"funderKind"`
	BudgetRupiah   *int64          `json:"budgetRupiah"`
	UnitCostRupiah *int64          `json:"unitCostRupiah"`
	Year           int             `json:"year"`
	Eligibility    json.RawMessage `json:"eligibility"`
	Source         string          `json:"source"`
}

// Programs imports programmes: a JSON array, or a table of a workbook or GeoPackage with the same members as columns, the one
// that mapping names where there are several; mapping may be nil. The line of a rejected programme is the one it begins on.
func Programs(ctx context.Context, t Target, path string, mapping *Mapping) (*Report, error) {
	j, err := begin(ctx, t, registry.ImportPrograms, path, mapping)
	if err != nil {
		return nil, err
	}
	defer j.close()
	if j.report.Unchanged && !j.DryRun {
		return j.report, nil
	}
	r, err := newProgramReader(j)
	if err != nil {
		return nil, err
	}
	switch {
	case j.isTable():
		err = r.readTable(mapping)
	case mapping.sheetName() != "":
		err = registry.Invalid("sheet", "%s is no workbook or GeoPackage", j.im.File)
	default:
		err = r.read()
	}
	if err != nil {
		return j.finish(err)
	}
	j.im.Rows, j.im.Rejected = int64(len(r.programs)), j.rejects.count
	return j.finish(j.Store.PutPrograms(ctx, t.Edition, j.im, r.programs))
}

type programReader struct {
	*job
	data     []byte
	dataset  registry.Dataset // what rules may name: the edition's areas, and programmes of the draft and the file
	programs []registry.Program
	lines    []int
	columns  map[string]string // members of the JSON that a table calls otherwise; nil for JSON
}

func newProgramReader(j *job) (*programReader, error) {
	r := &programReader{job: j}
	list, err := j.Store.Areas(j.ctx, j.Edition)
	if err != nil {
		return nil, err
	}
	if r.dataset.Areas, err = registry.NewAreas(list); err != nil {
		return nil, err
	}
	r.dataset.State.Edition.ID = j.Edition
	if j.Append {
		if r.dataset.Programs, _, err = j.Store.Programs(j.ctx, j.Edition); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// read takes in the programmes of a JSON array.
func (r *programReader) read() (err error) {
	if r.data, err = r.readAll(maxProgramBytes); err != nil {
		return err
	}
	r.data = bytes.TrimPrefix(r.data, []byte("\ufeff"))
	notArray := func(err error) error {
		return registry.Invalid("file", "%s is not a JSON array of programmes: %w", r.im.File, err)
	}
	d := json.NewDecoder(bytes.NewReader(r.data))
	if first, err := d.Token(); err != nil || first != json.Delim('[') {
		return notArray(firstError(err, errors.New("it does not begin with [")))
	}
	for d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return notArray(err)
		}
		end := int(d.InputOffset())
		r.one(1+bytes.Count(r.data[:end-len(raw)], []byte("\n")), raw)
	}
	if _, err := d.Token(); err != nil {
		return notArray(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return notArray(firstError(err, errors.New("something follows its end")))
	}
	return r.settle()
}

// settle checks what can be checked once all programmes are known.
func (r *programReader) settle() error {
	r.checkRules()
	if n := len(r.dataset.Programs); n > registry.MaxPrograms {
		return registry.Invalid("file", "the edition would have %d programmes; at most %d", n, registry.MaxPrograms)
	}
	if len(r.programs) == 0 {
		return r.refuseEmpty("programmes")
	}
	return nil
}

// firstError gives the first error there is.
func firstError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// one reads a programme.
func (r *programReader) one(line int, raw json.RawMessage) {
	var p programJSON
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		column := ""
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			column, err = wrong.Field, fmt.Errorf("is %s, not %s", wrong.Value, jsonKind(wrong.Type.Kind()))
		}
		r.rejects.add(line, column, p.Code, strings.TrimPrefix(err.Error(), "json: "), "")
		return
	}
	r.take(line, &p)
}

// take keeps a programme if it is right.
func (r *programReader) take(line int, p *programJSON) {
	program, err := p.program()
	if err == nil && slices.ContainsFunc(r.dataset.Programs, func(other registry.Program) bool { return other.Code == p.Code }) {
		err = registry.Conflict("code", "is given twice")
	}
	if err != nil {
		r.refuse(line, p.Code, err)
		return
	}
	r.programs, r.lines = append(r.programs, program), append(r.lines, line)
	r.dataset.Programs = append(r.dataset.Programs, program)
}

// jsonKind is what a member of programJSON must be, in words.
func jsonKind(kind reflect.Kind) string {
	switch kind {
	case reflect.String:
		return "text"
	case reflect.Struct:
		return "an object"
	}
	return "a whole number"
}

func (p *programJSON) program() (program registry.Program, err error) {
	program = registry.Program{Code: p.Code, Name: p.Name, Funder: p.Funder, BudgetRupiah: p.BudgetRupiah, UnitCostRupiah: p.UnitCostRupiah,
		Year: p.Year, Source: p.Source}
	if program.Pillar, err = registry.ParsePillar(strings.ToUpper(p.Pillar)); err != nil {
		return program, err
	}
	if program.FunderKind, err = registry.ParseFunderKind(strings.ToUpper(p.FunderKind)); err != nil {
		return program, err
	}
	if len(p.Eligibility) == 0 || string(p.Eligibility) == "null" {
		return program, registry.Invalid("eligibility", "a programme needs a rule; {} keeps every household")
	}
	if program.Eligibility, err = registry.ParseFilter(p.Eligibility); err != nil {
		return program, registry.Under("eligibility", err)
	}
	return program, program.Check()
}

// checkRules rejects programmes whose rules name areas or programmes that do not exist. A rejected programme may be
// named by another, so it goes on until nothing changes.
func (r *programReader) checkRules() {
	for changed := true; changed; {
		changed = false
		for i := 0; i < len(r.programs); i++ {
			p := r.programs[i]
			err := registry.Under("eligibility", r.dataset.CheckFilter(&p.Eligibility))
			if err == nil {
				continue
			}
			r.refuse(r.lines[i], p.Code, err)
			r.programs, r.lines = slices.Delete(r.programs, i, i+1), slices.Delete(r.lines, i, i+1)
			r.dataset.Programs = slices.DeleteFunc(r.dataset.Programs, func(other registry.Program) bool { return other.Code == p.Code })
			i, changed = i-1, true
		}
	}
}

func (r *programReader) refuse(line int, code string, err error) {
	var e *registry.Error
	if errors.As(err, &e) {
		r.rejects.add(line, cmp.Or(r.columns[e.Field], e.Field), code, e.Message, "")
		return
	}
	r.rejects.add(line, "", code, err.Error(), "")
}
