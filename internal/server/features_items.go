package server

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/paulmach/orb"

	"kantong/internal/export"
	"kantong/internal/geo"
	"kantong/internal/registry"
)

// How many features a page has when nobody says, and at most.
const (
	defaultItems = 1000
	maxItems     = 10_000
)

// page is which features of a collection are wanted.
type page struct {
	limit, offset int
	bbox          []orb.Bound // one, or the two parts of a box over the antimeridian; nil for all
	first, last   time.Time   // of the days that the features may be of; zero for no end
}

// itemList is a FeatureCollection by OGC API - Features.
type itemList struct {
	Type           string            `json:"type"`
	Features       []json.RawMessage `json:"features"`
	Links          []link            `json:"links"`
	TimeStamp      string            `json:"timeStamp"`
	NumberMatched  int               `json:"numberMatched"`
	NumberReturned int               `json:"numberReturned"`
	About          map[string]any    `json:"about"`
}

func (m *mapDoor) items(r *http.Request) (picture, error) {
	c, err := collectionOf(r)
	if err != nil {
		return picture{}, err
	}
	values, err := parameters(r, append([]string{"edition", "f", "limit", "offset", "bbox", "datetime"}, c.parameters...)...)
	if err != nil {
		return picture{}, err
	}
	p, err := readPage(values)
	if err != nil {
		return picture{}, err
	}
	query := maps.Clone(values)
	table, err := c.read(m, values)
	answer := m.inJSON(r, "application/geo+json", func(ctx context.Context, a *asked, base string) (any, error) {
		t, about, err := table.make(ctx, a)
		if err != nil {
			return nil, err
		}
		list, err := p.of(&t, a.view)
		if err != nil {
			return nil, err
		}
		list.About = about.Object()
		self := base + "/collections/" + c.id
		list.Links = []link{{withQuery(self+"/items", query), "self", "application/geo+json", ""}, {self, "collection", "application/json", ""}}
		if more := p.offset + list.NumberReturned; more < list.NumberMatched {
			query := maps.Clone(query)
			query.Set("offset", strconv.Itoa(more))
			query.Set("edition", a.view.State.ID()) // pages of one list are of one state
			list.Links = append(list.Links, link{withQuery(self+"/items", query), "next", "application/geo+json", ""})
		}
		return list, nil
	})
	answer.dated, answer.others = true, table.others
	return answer, err
}

// item answers with one feature.
func (m *mapDoor) item(r *http.Request) (picture, error) {
	c, err := collectionOf(r)
	if err != nil {
		return picture{}, err
	}
	values, err := parameters(r, append([]string{"edition", "f"}, c.parameters...)...)
	if err != nil {
		return picture{}, err
	}
	id := chi.URLParam(r, "feature")
	table, err := c.read(m, values)
	answer := m.inJSON(r, "application/geo+json", func(ctx context.Context, a *asked, base string) (any, error) {
		t, _, err := table.make(ctx, a)
		if err != nil {
			return nil, err
		}
		for row, err := range t.Rows {
			if err != nil {
				return nil, err
			}
			if strconv.FormatUint(row.ID, 10) == id {
				self := base + "/collections/" + c.id
				links, err := json.Marshal([]link{{self + "/items/" + id, "self", "application/geo+json", ""}, {self, "collection", "application/json", ""}})
				text := export.Feature(t.Columns, row)
				return json.RawMessage(append(append(append(text[:len(text)-1], `,"links":`...), links...), '}')), err
			}
		}
		return nil, registry.NotFound("feature", "%s has no feature %.40q", c.id, id)
	})
	answer.others = table.others
	return answer, err
}

func withQuery(address string, values url.Values) string {
	if len(values) == 0 {
		return address
	}
	return address + "?" + values.Encode()
}

func readPage(values url.Values) (p page, err error) {
	p.limit = defaultItems
	for name, into := range map[string]*int{"limit": &p.limit, "offset": &p.offset} {
		if text := values.Get(name); text != "" {
			if *into, err = strconv.Atoi(text); err != nil || *into < 0 {
				return p, registry.Invalid(name, "%.40q is no whole number of features", text)
			}
		}
	}
	if p.limit == 0 {
		return p, registry.Invalid("limit", "ask for one feature at least")
	}
	p.limit = min(p.limit, maxItems)
	if text := values.Get("bbox"); text != "" {
		if p.bbox, err = readBox(text); err != nil {
			return p, err
		}
	}
	if text := values.Get("datetime"); text != "" {
		p.first, p.last, err = readTimes(text)
	}
	return p, err
}

// readBox reads west,south,east,north, or the same with heights, which are not looked at.
func readBox(text string) ([]orb.Bound, error) {
	parts := strings.Split(text, ",")
	numbers := make([]float64, len(parts))
	for i, part := range parts {
		var err error
		if numbers[i], err = strconv.ParseFloat(strings.TrimSpace(part), 64); err != nil || math.IsNaN(numbers[i]) {
			return nil, registry.Invalid("bbox", "%.60q is not west,south,east,north in degrees", text)
		}
	}
	if len(numbers) == 6 {
		numbers = []float64{numbers[0], numbers[1], numbers[3], numbers[4]}
	}
	if len(numbers) != 4 || numbers[1] > numbers[3] {
		return nil, registry.Invalid("bbox", "%.60q is not west,south,east,north in degrees", text)
	}
	box := orb.Bound{Min: orb.Point{numbers[0], numbers[1]}, Max: orb.Point{numbers[2], numbers[3]}}
	if numbers[0] <= numbers[2] {
		return []orb.Bound{box}, nil
	}
	west, east := box, box
	west.Max[0], east.Min[0] = 180, -180
	return []orb.Bound{west, east}, nil
}

// readTimes reads a moment, or an interval of two with .. or nothing for an open end.
func readTimes(text string) (first, last time.Time, err error) {
	from, to, isInterval := strings.Cut(text, "/")
	if !isInterval {
		to = from
	}
	for _, end := range []struct {
		text string
		into *time.Time
	}{{from, &first}, {to, &last}} {
		if isInterval && (end.text == "" || end.text == "..") {
			continue
		}
		if *end.into, err = time.Parse(time.RFC3339, end.text); err == nil {
			continue
		}
		if *end.into, err = time.Parse(time.DateOnly, end.text); err != nil {
			return first, last, registry.Invalid("datetime", "%.60q is neither a time like 2025-09-30T00:00:00Z nor an interval of two", text)
		}
	}
	return first, last, nil
}

// of gives the page of a table. All features are of the day of their edition.
func (p *page) of(t *export.Table, v *registry.View) (*itemList, error) {
	list := &itemList{Type: "FeatureCollection", Features: []json.RawMessage{}, TimeStamp: time.Now().UTC().Format(time.RFC3339)}
	if !p.meets(v.State.Edition.AsOf) {
		return list, nil
	}
	for row, err := range t.Rows {
		if err != nil {
			return nil, err
		}
		if !p.touches(row.Geometry) {
			continue
		}
		if list.NumberMatched >= p.offset && list.NumberReturned < p.limit {
			list.Features = append(list.Features, export.Feature(t.Columns, row))
			list.NumberReturned++
		}
		list.NumberMatched++
	}
	return list, nil
}

// meets tells whether a day has a part in the interval.
func (p *page) meets(day registry.Date) bool {
	begin, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return true
	}
	return (p.last.IsZero() || !begin.After(p.last)) && (p.first.IsZero() || begin.AddDate(0, 0, 1).After(p.first))
}

func (p *page) touches(g orb.Geometry) bool {
	if p.bbox == nil {
		return true
	}
	for _, box := range p.bbox {
		if g != nil && box.Intersects(g.Bound()) && geo.Intersects(g, box.ToPolygon()) {
			return true
		}
	}
	return false
}
