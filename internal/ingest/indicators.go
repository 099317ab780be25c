package ingest

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"kantong/internal/registry"
)

// indicatorColumns are all names that a statistics file's columns may have.
var indicatorColumns = []string{"area_code", "indicator", "year", "value", "unit", "source", "url", "note"}

var indicatorCode = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// maxIndicatorText is how many bytes a unit, source, address or note may have.
const maxIndicatorText = 2000

// Indicators imports a table of published figures of areas, each with unit and source. An area need not be in the
// edition if one of the edition's areas lies in it: a city is compared with its province. mapping names the sheet or layer of a
// file that has several; it may be nil.
func Indicators(ctx context.Context, t Target, path string, mapping *Mapping) (*Report, error) {
	j, err := begin(ctx, t, registry.ImportIndicators, path, mapping)
	if err != nil {
		return nil, err
	}
	defer j.close()
	if j.report.Unchanged && !j.DryRun {
		return j.report, nil
	}
	r, err := newIndicatorReader(j, mapping)
	if err != nil {
		return nil, err
	}
	if err := r.read(); err != nil {
		return j.finish(err)
	}
	j.im.Rows, j.im.Rejected = int64(len(r.list)), j.rejects.count
	return j.finish(j.Store.PutIndicators(ctx, t.Edition, j.im, r.list))
}

type indicatorReader struct {
	*table
	areas map[registry.AreaCode]bool // of the edition and above
	seen  map[indicatorKey]uint32    // line; 0 for what the draft held before
	list  []registry.AreaIndicator
	at    map[string]int // column by name; -1 for none
}

// indicatorKey is what may occur only once.
type indicatorKey struct {
	area registry.AreaCode
	code string
	year int
}

func newIndicatorReader(j *job, mapping *Mapping) (*indicatorReader, error) {
	t, err := openTable(j, indicatorColumns, mapping)
	if err != nil {
		return nil, err
	}
	r := &indicatorReader{table: t, areas: map[registry.AreaCode]bool{}, seen: map[indicatorKey]uint32{}, at: map[string]int{}}
	for i, name := range indicatorColumns {
		if r.at[name] = t.column(name); i < 6 && r.at[name] < 0 { // url and note may be absent
			_, err := t.require(name)
			return nil, err
		}
	}
	list, err := j.Store.Areas(j.ctx, j.Edition)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		for level := a.Level(); level >= registry.LevelProvinsi; level-- {
			r.areas[a.Code.At(level)] = true
		}
	}
	if len(list) == 0 {
		return nil, registry.Invalid("edition", "%s has no areas yet; import them first", j.Edition)
	}
	if !j.Append {
		return r, nil
	}
	before, err := j.Store.Indicators(j.ctx, j.Edition)
	for _, i := range before {
		r.seen[indicatorKey{i.Area, i.Code, i.Year}] = 0
	}
	return r, err
}

// read fills list.
func (r *indicatorReader) read() error {
	err := r.rows(func(line int, fields []string) error {
		indicator, f := r.indicator(fields)
		key := indicatorKey{indicator.Area, indicator.Code, indicator.Year}
		if f == nil {
			if first, twice := r.seen[key]; twice {
				f = faultTwice(r.at["indicator"], r.cell(fields, r.at["indicator"]), first)
			}
		}
		if f != nil {
			r.reject(line, f)
			return nil
		}
		r.seen[key] = uint32(line)
		r.list = append(r.list, indicator)
		return nil
	})
	if err == nil && len(r.list) == 0 {
		err = r.job.refuseEmpty("indicators")
	}
	return err
}

// indicator makes an indicator of a row.
func (r *indicatorReader) indicator(fields []string) (a registry.AreaIndicator, f *fault) {
	text := func(name string) string { return r.cell(fields, r.at[name]) }
	wrong := func(name, reason string) (registry.AreaIndicator, *fault) {
		return a, &fault{column: r.at[name], value: text(name), reason: reason}
	}
	for _, name := range indicatorColumns[:6] {
		if text(name) == "" {
			return wrong(name, isMissing)
		}
	}
	for _, name := range indicatorColumns[4:] {
		if len(text(name)) > maxIndicatorText {
			return wrong(name, "is longer than 2000 bytes")
		}
	}
	a = registry.AreaIndicator{Area: registry.AreaCode(text("area_code")), Code: strings.ToLower(text("indicator")), Unit: text("unit"),
		Source: text("source"), URL: text("url"), Note: text("note")}
	if !r.areas[a.Area] {
		return wrong("area_code", "is not an area of the edition, nor one above it")
	}
	if !indicatorCode.MatchString(a.Code) {
		return wrong("indicator", "is not a name of small letters, digits and _")
	}
	year, reason := parseCount(text("year"))
	if reason == "" && (year < 1945 || year > 2200) {
		reason = "is not a year"
	}
	if reason != "" {
		return wrong("year", reason)
	}
	a.Year = int(year)
	if a.Value, reason = parseNumber(text("value"), false); reason != "" {
		return wrong("value", reason)
	}
	if a.URL != "" {
		if u, err := url.Parse(a.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return wrong("url", "is not an address on the web")
		}
	}
	return a, nil
}
