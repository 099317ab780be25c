package ingest

import (
	"cmp"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kantong/internal/registry"
	"kantong/internal/tabular"
)

// Bounds of what is remembered of a column.
const (
	maxDistinct    = 200
	maxDistinctAll = 400_000 // of all columns together
	maxDistinctLen = 120
	maxSeenKeys    = 100_000 // rows among which repeated families are looked for
)

// survey is what the columns of a file hold.
type survey struct {
	table   *tabular.Table
	sheet   string
	columns []columnSurvey
	areas   map[string]bool // codes that mean a kelurahan
}

// columnSurvey is what one column holds.
type columnSurvey struct {
	name                      string
	filled, identities, codes int64
	values                    map[string]int64 // by how often; at most maxDistinct
	more                      bool
	most                      int                 // values that may be remembered
	keys                      map[string]struct{} // of the first rows, to see whether families repeat; nil where they are not told apart by it
	repeats                   int64
}

// surveyFile reads the file once.
func surveyFile(ctx context.Context, path string, o InspectOptions) (*survey, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, registry.Invalid("file", "can't be opened: %w", err)
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, registry.Invalid("file", "%s is not a file", path)
	}
	sheet := o.Sheet
	if sheet == "" {
		sheet = o.Mapping.sheetName()
	}
	j := &job{Target: Target{Progress: o.Progress}}
	t, err := tabular.Open(ctx, file, tabular.Options{Sheet: sheet, Progress: j.tell("looking at " + filepath.Base(path))})
	if err != nil {
		return nil, err
	}
	defer t.Close()
	s := &survey{table: t, sheet: o.Sheet, columns: make([]columnSurvey, len(t.Names)), areas: map[string]bool{}}
	for i, name := range t.Names {
		s.columns[i] = columnSurvey{name: name, values: map[string]int64{}, most: min(maxDistinct, maxDistinctAll/len(t.Names))}
		if identifies(name) {
			s.columns[i].keys = map[string]struct{}{}
		}
	}
	for _, k := range o.Known {
		s.addArea(string(k.Code), k.BPSCode)
	}
	for _, a := range o.Areas {
		s.addArea(string(a.Code), a.BPSCode)
	}
	for {
		row, err := t.Next()
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return nil, err
		}
		for i, value := range row.Fields {
			doubtful := slices.ContainsFunc(row.Doubts, func(d tabular.Doubt) bool { return d.Column == i })
			if value = trim(value); !isUnknown(value) && !doubtful { // numbers that were rounded look alike
				s.columns[i].add(value, s.areas)
			}
		}
	}
}

// identifies tells from a column's name whether families may be told apart by it.
func identifies(name string) bool {
	for _, r := range readyOf(true) {
		if a := r.attribute(name); isKeyAttribute(a) && a != attributeNIK && a != attributeID {
			return true
		}
	}
	return false
}

func (s *survey) addArea(code, bps string) {
	if registry.AreaCode(code).Level() == registry.LevelKelurahan {
		s.areas[code], s.areas[strings.ReplaceAll(code, ".", "")] = true, true
		if bps != "" {
			s.areas[bps] = true
		}
	}
}

func (c *columnSurvey) add(value string, areas map[string]bool) {
	c.filled++
	if looksLikeIdentityNumber(value) {
		c.identities++
	}
	if areas[value] {
		c.codes++
	}
	if c.keys != nil && c.filled <= maxSeenKeys && len(value) <= maxDistinctLen {
		if _, again := c.keys[value]; again {
			c.repeats++
		} else {
			c.keys[strings.Clone(value)] = struct{}{}
		}
	}
	if n, known := c.values[value]; known {
		c.values[value] = n + 1
	} else if len(c.values) < c.most && len(value) <= maxDistinctLen {
		c.values[strings.Clone(value)] = 1
	} else {
		c.more = true
	}
}

// frequent gives the distinct values, most frequent first.
func (c *columnSurvey) frequent() []string {
	out := make([]string, 0, len(c.values))
	for v := range c.values {
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(c.values[b], c.values[a]), strings.Compare(a, b)) })
	return out
}

// areCodes tells whether nearly all values are codes of kelurahan.
func (c *columnSurvey) areCodes() bool { return c.filled > 0 && 10*c.codes >= 9*c.filled }
