package ingest

import (
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"kantong/internal/registry"
)

// Relinked says what joining an office's own file to a list of families gave.
type Relinked struct {
	Edition   string
	Columns   []string // of the office's file, as it names them
	Families  int64    // on the list
	Found     int64    // of them in the office's file
	Strangers int64    // rows of the list whose id is of no family of the edition; not among Families
	Several   int64    // families with further rows in the office's file: the first is taken
	Ambiguous int64    // rows of the office's file whose numbers belong to different families
	Unread    int64    // rows of the office's file that are no rows of a table, or hold no usable number
}

// Relink joins columns of an office's own file, names and addresses unless others are asked for, to a list of families by
// their ids, and writes the list with these columns to out. Families are found by the numbers in the office's file. Nothing
// is stored: the list and what is joined to it are in memory only. t.Edition may be "": then the ids say which, or it is the
// newest. columns may be nil; mapping may be nil.
func Relink(ctx context.Context, t Target, list, source string, columns []string, mapping *Mapping, out io.Writer) (*Relinked, error) {
	l, err := readVisitList(ctx, t, list)
	if err != nil {
		return nil, err
	}
	if t.Edition == "" {
		t.Edition = l.edition
	}
	if t.Edition == "" {
		editions, err := t.Store.Editions(ctx)
		if err != nil {
			return nil, err
		}
		if t.Edition = newest(editions); t.Edition == "" {
			return nil, registry.NotFound("edition", "no edition is published yet")
		}
	}
	if l.edition != "" && l.edition != t.Edition {
		return nil, registry.Invalid("--edition", "the list names families of edition %s, not of %s", l.edition, t.Edition)
	}
	r := &Relinked{Edition: t.Edition}
	found, err := r.read(ctx, t, source, columns, mapping, l)
	if err != nil {
		return nil, err
	}
	return r, l.write(out, r.Columns, found)
}

// visitList is a list of families, as a query for the unreached gives it.
type visitList struct {
	names   []string
	comma   rune
	edition string // that its ids name; "" where they name none
	rows    [][]string
	ids     []registry.HouseholdID // of the rows
	wanted  map[registry.HouseholdID]bool
}

// plainTable opens a file that is no import.
func plainTable(ctx context.Context, t Target, path string, attributes []string, mapping *Mapping) (*table, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, registry.Invalid("file", "can't be opened: %w", err)
	}
	j := &job{Target: t, ctx: ctx, file: file, report: &Report{File: path}, rejects: countRejects()}
	j.im.File = filepath.Base(path)
	info, err := file.Stat()
	if err == nil {
		j.size = info.Size()
		var opened *table
		if opened, err = openTable(j, attributes, mapping); err == nil {
			return opened, nil
		}
	}
	j.close()
	return nil, err
}

func readVisitList(ctx context.Context, t Target, path string) (*visitList, error) {
	list, err := plainTable(ctx, t, path, []string{attributeID}, nil)
	if err != nil {
		return nil, registry.Under("list", err)
	}
	defer list.job.close()
	l := &visitList{names: list.names, comma: rune(list.in.Comma), wanted: map[registry.HouseholdID]bool{}}
	column, err := list.require(attributeID)
	if err != nil {
		return nil, registry.Invalid("list", "there is no column id: it takes a list of families with their ids, such as an answer to unreached")
	}
	err = list.rows(func(line int, fields []string) error {
		id, edition, err := parseFamily(list.cell(fields, column))
		if err == nil && edition != "" && l.edition != "" && edition != l.edition {
			err = registry.Invalid("id", "the list names families of edition %s and of %s; make a list of each", l.edition, edition)
		}
		if err != nil {
			return registry.Under("list line "+strconv.Itoa(line), err)
		}
		if edition != "" {
			l.edition = edition
		}
		l.rows, l.ids, l.wanted[id] = append(l.rows, slices.Clone(fields)), append(l.ids, id), true
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case list.job.rejects.count > 0:
		r := list.job.rejects.sorted()[0]
		return nil, registry.Invalid("list", "line %d %s", r.FirstLine, r.Reason)
	case len(l.rows) == 0:
		return nil, registry.Invalid("list", "%s holds no families", list.job.im.File)
	}
	return l, nil
}

// parseFamily reads an id as answers give it, with its state, or bare.
func parseFamily(text string) (id registry.HouseholdID, edition string, err error) {
	if parts := strings.Split(text, ":"); len(parts) == 3 && parts[0] == "Household" {
		edition, _ = registry.SplitStateID(parts[1])
		text = parts[2]
	}
	if id, err = registry.ParseHouseholdID(text); err != nil {
		err = registry.Invalid("id", "is not the id of a family")
	}
	return id, edition, err
}

// linkWords are parts of the names of columns that say who lives where.
var linkWords = []string{"nama", "name", "alamat", "address"}

// linkColumns chooses what is joined.
func linkColumns(t *table, columns []string) (chosen []int, err error) {
	for _, want := range columns {
		i := slices.IndexFunc(t.names, func(name string) bool { return strings.EqualFold(name, strings.TrimSpace(want)) })
		if i < 0 {
			return nil, registry.Invalid("--columns", "%s has no column %q; it has %s", t.job.im.File, shown(want), shownNames(t))
		}
		chosen = append(chosen, i)
	}
	if columns != nil {
		return chosen, nil
	}
	for i, name := range t.names {
		words := columnWords(name)
		if isPersonal(name) && slices.ContainsFunc(words, func(w string) bool { return slices.Contains(linkWords, w) }) || strings.Join(words, "_") == "kepala_keluarga" {
			chosen = append(chosen, i)
		}
	}
	if len(chosen) == 0 {
		return nil, registry.Invalid("--columns", "%s has no column that is named like one of names or addresses; say which are to be joined. It has %s", t.job.im.File, shownNames(t))
	}
	return chosen, nil
}

func shownNames(t *table) string {
	names := make([]string, len(t.names))
	for i, name := range t.names {
		names[i] = shown(name)
	}
	return strings.Join(names, ", ")
}

// read goes through the office's file and keeps what it says of the families on the list.
func (r *Relinked) read(ctx context.Context, t Target, path string, columns []string, mapping *Mapping, l *visitList) (map[registry.HouseholdID][]string, error) {
	source, err := plainTable(ctx, t, path, []string{attributeCard, attributeNumber, attributeNIK, attributeDTKS, attributeP3KE}, mapping)
	if err != nil {
		return nil, registry.Under("--source", err)
	}
	defer source.job.close()
	f, err := newFinder(source, source.job) // first: what has columns of numbers has a header, whose names may be told
	if err != nil {
		return nil, registry.Under("--source", err)
	}
	chosen, err := linkColumns(source, columns)
	if err != nil {
		return nil, err
	}
	for _, i := range chosen {
		r.Columns = append(r.Columns, source.names[i])
	}
	for id := range l.wanted {
		if _, ok := f.households[id]; ok {
			r.Families++
		} else {
			r.Strangers++
		}
	}
	found, several := map[registry.HouseholdID][]string{}, map[registry.HouseholdID]bool{}
	err = source.rows(func(_ int, fields []string) error {
		s, bad := f.find(fields)
		switch {
		case bad != nil:
			r.Unread++
		case s.ambiguous:
			r.Ambiguous++
		case s.known && l.wanted[s.family]:
			if _, twice := found[s.family]; twice {
				several[s.family] = true
				return nil
			}
			var values []string
			for _, i := range chosen {
				values = append(values, strings.Clone(trim(fields[i])))
			}
			found[s.family] = values
		}
		return nil
	})
	r.Found, r.Several = int64(len(found)), int64(len(several))
	r.Unread += source.job.rejects.count
	return found, err
}

// write writes the list with what was found of each family.
func (l *visitList) write(out io.Writer, columns []string, found map[registry.HouseholdID][]string) error {
	w := csv.NewWriter(out)
	w.Comma = l.comma
	safe := func(row []string) []string {
		row = slices.Clone(row)
		for i, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err != nil { // a number below zero is no formula
				row[i] = defuse(cell)
			}
		}
		return row
	}
	if err := w.Write(safe(slices.Concat(l.names, columns))); err != nil {
		return err
	}
	for i, row := range l.rows {
		values := found[l.ids[i]]
		if values == nil {
			values = make([]string, len(columns))
		}
		if err := w.Write(safe(slices.Concat(row, values))); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
