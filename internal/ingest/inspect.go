package ingest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"kantong/internal/registry"
	"kantong/internal/tabular"
)

// InspectOptions says how a file is looked at.
type InspectOptions struct {
	Mapping  *Mapping        // to look through instead of proposing one; may be nil
	Sheet    string          // "" for the only one
	Known    []KnownArea     // the gazetteer
	Areas    []registry.Area // of an edition; those of the gazetteer when empty
	AsOf     time.Time       // the day on which ages are taken
	Progress func(label string, done, total int64)
}

// Inspection is what a file of households would become. Nothing is stored, and nothing in it names a person.
type Inspection struct {
	Format    tabular.Format
	Sheet     string
	HeaderRow int
	Persons   bool   // a row is a person
	Ready     string // the ready mapping that fits best; "" when a mapping was given
	Columns   []ProposedColumn
	Problem   string               // why the file can't be imported so; "" when it can
	Rows      int64                // households
	Samples   []registry.Household // the first ten
	Known     []KnownShare         // of each attribute
	Rejected  int64
	Reasons   []Reason
	Notes     []string
	Mapping   []byte // the mapping as an editable file
}

// ProposedColumn is a column of the file and what it is taken for.
type ProposedColumn struct {
	Name      string
	Attribute string // "" when it is not read
	Why       string
	Values    []ProposedValue // of attributes with few values, most frequent first; those that need a meaning
	More      bool            // there are more values than are listed
}

// ProposedValue is a value of a column and its meaning.
type ProposedValue struct {
	Value   string
	Count   int64
	Meaning string // "" for unknown
	Why     string
}

// KnownShare is how many households have an attribute.
type KnownShare struct {
	Attribute string
	Known     int64
}

// samples is how many rows are shown as they would be stored.
const samples = 10

// Inspect proposes a mapping for a file of households and shows what it would make of it. The file is read twice: once to
// see the values of each column, once to import it into nothing.
func Inspect(ctx context.Context, path string, o InspectOptions) (*Inspection, error) {
	survey, err := surveyFile(ctx, path, o)
	if err != nil {
		return nil, err
	}
	out := &Inspection{Format: survey.table.Format, Sheet: survey.table.Sheet, HeaderRow: survey.table.HeaderRow}
	mapping := o.Mapping
	if mapping == nil {
		survey.propose(out)
		out.Mapping = survey.write(out)
		if mapping, err = ParseMapping(out.Mapping); err != nil {
			return nil, err
		}
	} else {
		survey.describe(out, mapping)
		out.Mapping = mapping.text
	}
	out.Persons = mapping.persons
	return out, rehearse(ctx, path, o, mapping, out)
}

// rehearse imports the file into nothing.
func rehearse(ctx context.Context, path string, o InspectOptions, mapping *Mapping, out *Inspection) error {
	areas := o.Areas
	if len(areas) == 0 {
		for _, k := range o.Known {
			areas = append(areas, registry.Area{Code: k.Code, Name: k.Name, BPSCode: k.BPSCode})
		}
	}
	mapping = mapping.WithSheet(o.Sheet)
	known, edition := make([]int64, len(shares)), registry.Edition{ID: "inspect", AsOf: registry.Date(o.AsOf.Format(time.DateOnly))}
	store := newRehearsal(imagined{areas: areas, edition: edition}, func(h *registry.Household) {
		out.Rows++
		if len(out.Samples) < samples {
			out.Samples = append(out.Samples, *h)
		}
		for i, share := range shares {
			if share.known(h) {
				known[i]++
			}
		}
	})
	file, err := os.Open(path)
	if err != nil {
		return registry.Invalid("file", "can't be opened: %w", err)
	}
	j := &job{Target: Target{Store: store, Edition: edition.ID, Known: o.Known, Progress: o.Progress}, ctx: ctx, file: file,
		im: registry.Import{Kind: registry.ImportHouseholds, File: filepath.Base(path)}, report: &Report{File: path}, rejects: countRejects()}
	defer j.close()
	places, err := newPlaces(j)
	if err != nil {
		return err
	}
	match, err := newMatching(j)
	if err != nil {
		return err
	}
	r, err := newHouseholdReader(j, places, mapping, match)
	if err == nil {
		if err = store.PutHouseholds(ctx, edition.ID, &j.im, r.all); err == nil {
			r.notes()
		}
	}
	if registry.CodeOf(err) == registry.CodeBadUserInput {
		out.Problem, err = err.Error(), nil
	}
	out.Rejected, out.Reasons, out.Notes = j.rejects.count, j.rejects.sorted(), j.report.Notes
	for i, s := range shares {
		out.Known = append(out.Known, KnownShare{s.name, known[i]})
	}
	return err
}

// imagined is a store with nothing but areas, and a draft that rows are placed in.
type imagined struct {
	registry.Store
	areas   []registry.Area
	edition registry.Edition
}

// Areas gives those that rows are placed in.
func (s imagined) Areas(context.Context, string) ([]registry.Area, error) { return s.areas, nil }

// Editions gives the one that doesn't exist.
func (s imagined) Editions(context.Context) ([]registry.Edition, error) {
	return []registry.Edition{s.edition}, nil
}

// share tells whether a household has an attribute.
type share struct {
	name  string
	known func(h *registry.Household) bool
}

// shares are all attributes, in the order of the registry.
var shares = func() []share {
	list := []share{{"rw", func(h *registry.Household) bool { return h.RW != "" }}, {"rt", func(h *registry.Household) bool { return h.RT != "" }},
		{"location", func(h *registry.Household) bool { return h.Located }}}
	for _, a := range householdAttributes() {
		if a.name != "rw" && a.name != "rt" {
			list = append(list, share{a.name, func(h *registry.Household) bool { return Shown(h, a.name) != "" }})
		}
	}
	return slices.Clip(list)
}()
