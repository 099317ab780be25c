package ingest

import (
	"context"

	"kantong/internal/registry"
)

// successionColumns are all names that the columns of a file of successions may have.
var successionColumns = []string{"code", "predecessor", "decree", "date"}

// Successions imports a table of what the edition's kelurahan and kecamatan were made from: a row for each area and each
// area of an earlier boundary set that it came from. Several rows of one predecessor are a split, several of one code a merger. mapping
// names the sheet or layer of a file that has several; it may be nil.
func Successions(ctx context.Context, t Target, path string, mapping *Mapping) (*Report, error) {
	j, err := begin(ctx, t, registry.ImportSuccessions, path, mapping)
	if err != nil {
		return nil, err
	}
	defer j.close()
	if j.report.Unchanged {
		return j.report, nil
	}
	r, err := newSuccessionReader(j, mapping)
	if err != nil {
		return nil, err
	}
	if err := r.read(); err != nil {
		return j.finish(err)
	}
	j.im.Rows, j.im.Rejected = int64(len(r.list)), j.rejects.count
	err = j.Store.PutSuccessions(ctx, t.Edition, j.im, r.list)
	if err == nil {
		j.noteUnexplained()
	}
	return j.finish(err)
}

type successionReader struct {
	*table
	areas map[registry.AreaCode]bool
	seen  map[[2]registry.AreaCode]uint32 // line; 0 for what the draft held before
	list  []registry.Succession
	at    map[string]int // column by name; -1 for none
}

func newSuccessionReader(j *job, mapping *Mapping) (*successionReader, error) {
	t, err := openTable(j, successionColumns, mapping)
	if err != nil {
		return nil, err
	}
	r := &successionReader{table: t, areas: map[registry.AreaCode]bool{}, seen: map[[2]registry.AreaCode]uint32{}, at: map[string]int{}}
	for i, name := range successionColumns {
		if r.at[name] = t.column(name); i < 2 && r.at[name] < 0 {
			_, err := t.require(name)
			return nil, err
		}
	}
	list, err := j.Store.Areas(j.ctx, j.Edition)
	if err != nil {
		return nil, err
	}
	for i := range list {
		r.areas[list[i].Code] = true
	}
	if len(list) == 0 {
		return nil, registry.Invalid("edition", "%s has no areas yet; import them first", j.Edition)
	}
	if !j.Append {
		return r, nil
	}
	before, err := j.Store.Successions(j.ctx, j.Edition)
	for _, s := range before {
		r.seen[[2]registry.AreaCode{s.Code, s.Predecessor}] = 0
	}
	return r, err
}

// read fills list.
func (r *successionReader) read() error {
	err := r.rows(func(line int, fields []string) error {
		s, f := r.succession(fields)
		key := [2]registry.AreaCode{s.Code, s.Predecessor}
		if f == nil {
			if first, twice := r.seen[key]; twice {
				f = faultTwice(r.at["predecessor"], r.cell(fields, r.at["predecessor"]), first)
			}
		}
		if f != nil {
			r.reject(line, f)
			return nil
		}
		r.seen[key] = uint32(line)
		r.list = append(r.list, s)
		return nil
	})
	if err == nil && len(r.list) == 0 {
		err = r.job.refuseEmpty("successions")
	}
	return err
}

// succession makes one of a row.
func (r *successionReader) succession(fields []string) (s registry.Succession, f *fault) {
	text := func(name string) string { return r.cell(fields, r.at[name]) }
	wrong := func(name, reason string) (registry.Succession, *fault) {
		return s, &fault{column: r.at[name], value: text(name), reason: reason}
	}
	for _, name := range successionColumns[:2] {
		switch _, err := registry.ParseAreaCode(text(name)); {
		case text(name) == "":
			return wrong(name, isMissing)
		case err != nil:
			return wrong(name, "is not a Kemendagri area code like 19.71.03.1004")
		}
	}
	s = registry.Succession{Code: registry.AreaCode(text("code")), Predecessor: registry.AreaCode(text("predecessor")), Decree: text("decree")}
	switch {
	case !r.areas[s.Code]:
		return wrong("code", "is not an area of the edition")
	case s.Code.Level() < registry.LevelKecamatan:
		return wrong("code", "is neither a kelurahan nor a kecamatan")
	case s.Code.Level() != s.Predecessor.Level():
		return wrong("predecessor", "is of another level than the area that came from it")
	}
	if reason := parseDecree(s.Decree); reason != "" {
		return wrong("decree", reason)
	}
	var reason string
	if s.Date, reason = parseDay(text("date")); reason != "" {
		return wrong("date", reason)
	}
	return s, nil
}
