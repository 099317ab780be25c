package featurefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"kantong/internal/crs"
	"kantong/internal/geo"
	"kantong/internal/registry"
)

// maxMembers is how many members a FeatureCollection may have beside its features.
const maxMembers = 1000

// openGeoJSON opens a FeatureCollection, which open begins to read, or a single feature or geometry.
func (s *source) openGeoJSON(open func() (io.Reader, error), layer string) (*File, error) {
	g := &geoJSON{placer: placer{source: s, system: crs.WGS84}, open: open}
	return &File{Format: "GeoJSON", Layer: layer, Places: "line", features: g.features, Notes: g.notes, close: func() error { return nil }}, nil
}

type geoJSON struct {
	placer
	open   func() (io.Reader, error)
	window *window
	dec    *jsontext.Decoder
}

// errSingle tells that the text is no collection.
var errSingle = errors.New("not a collection")

// errStopped tells that the caller wants no more features.
var errStopped = errors.New("stopped")

func (g *geoJSON) features(yield func(Feature, error) bool) {
	err := g.collection(yield)
	if err == errSingle {
		err = g.single(yield)
	}
	if err != nil && err != errStopped {
		yield(Feature{}, g.explain(err))
	}
}

// explain makes an error of the file's of what the reading found.
func (g *geoJSON) explain(err error) error {
	var known *registry.Error
	var bad *jsontext.SyntacticError
	switch {
	case g.ctx.Err() != nil:
		return g.ctx.Err()
	case errors.As(err, &known):
		return known
	case errors.Is(err, errTooLarge):
		return g.broken("can't be read: %w", errTooLarge)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return g.broken("is not whole: the text ends early, on line %d", g.line())
	case errors.As(err, &bad):
		return g.broken("is not JSON on line %d: %w", g.line(), bad.Err)
	}
	return g.broken("is not GeoJSON of boundaries: %w", err)
}

// collection reads a FeatureCollection feature by feature.
func (g *geoJSON) collection(yield func(Feature, error) bool) error {
	r, err := g.open()
	if err != nil {
		return err
	}
	g.window = &window{r: r}
	g.dec = jsontext.NewDecoder(g.window, jsontext.AllowDuplicateNames(true)) // names are checked in each feature
	g.window.dec = g.dec
	if err := g.window.skipMark(); err != nil {
		return err
	}
	if _, err := g.dec.ReadToken(); err != nil { // the brace that Open saw
		return err
	}
	given := map[string]bool{}
	kind := ""
	for members := 0; ; members++ {
		token, err := g.dec.ReadToken()
		if err != nil {
			return err
		}
		if token.Kind() == '}' {
			break
		}
		name := token.String()
		if given[name] || members > maxMembers {
			return fmt.Errorf("the member %.40q is given twice, or it has too many, on line %d", name, g.line())
		}
		given[name] = true
		switch name {
		case "features":
			if err := g.each(yield); err != nil {
				return err
			}
		case "geometry", "coordinates", "geometries", "properties":
			if given["features"] {
				return fmt.Errorf("a FeatureCollection can't have a member %s (line %d)", name, g.line())
			}
			return errSingle
		case "type", "crs":
			raw, err := g.dec.ReadValue()
			if err != nil {
				return err
			}
			if name == "type" {
				_ = json.Unmarshal(raw, &kind)
			} else if err := g.useSystem(raw, given["features"]); err != nil {
				return err
			}
		default:
			if err := g.dec.SkipValue(); err != nil {
				return err
			}
		}
	}
	switch {
	case !given["features"] && kind != "FeatureCollection":
		return errSingle
	case kind != "FeatureCollection":
		return fmt.Errorf("the type must be FeatureCollection, not %.40q", kind)
	case !given["features"]:
		return errors.New("the FeatureCollection has no member features")
	}
	if _, err := g.dec.ReadToken(); err != io.EOF {
		if err == nil {
			err = errors.New("something follows the GeoJSON object")
		}
		return err
	}
	return nil
}

// each reads the array of features.
func (g *geoJSON) each(yield func(Feature, error) bool) error {
	token, err := g.dec.ReadToken()
	if err != nil {
		return err
	}
	if token.Kind() != '[' {
		return fmt.Errorf("the member features must be an array (line %d)", g.line())
	}
	for g.dec.PeekKind() != ']' {
		raw, err := g.dec.ReadValue()
		if err != nil {
			return err
		}
		if err := g.ctx.Err(); err != nil {
			return err
		}
		f, err := geo.ParseFeature(raw, g.line()-bytes.Count(raw, []byte("\n")))
		if err != nil {
			return err
		}
		if err := g.give(f, yield); err != nil {
			return err
		}
	}
	_, err = g.dec.ReadToken()
	return err
}

func (g *geoJSON) give(f geo.Feature, yield func(Feature, error) bool) error {
	out := Feature{Place: f.Line, Properties: texts(f.Properties), Geometry: f.Geometry, HasHeights: f.HasHeights}
	if err := g.place(&out); err != nil {
		return err
	}
	if !yield(out, nil) {
		return errStopped
	}
	return nil
}

// single reads a text that is no collection at once.
func (g *geoJSON) single(yield func(Feature, error) bool) error {
	r, err := g.open()
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFeatureBytes+1))
	if err != nil {
		return err
	}
	if len(data) > maxFeatureBytes {
		return errTooLarge
	}
	features, err := geo.ParseFeatures(data)
	if err != nil {
		return err
	}
	for _, f := range features {
		if err := g.give(f, yield); err != nil {
			return err
		}
	}
	return nil
}

// useSystem takes the crs member that GeoJSON had before RFC 7946, and that many programs write.
func (g *geoJSON) useSystem(raw []byte, late bool) error {
	var member struct {
		Type       string
		Properties struct {
			Name string
			Code json.Number
		}
	}
	if string(raw) == "null" || len(raw) > 1<<10 || json.Unmarshal(raw, &member) != nil {
		return g.unknownSystem(fmt.Sprintf("the member crs names no coordinate system: %.80s", raw))
	}
	name := member.Properties.Name
	if name == "" && strings.EqualFold(member.Type, "EPSG") {
		name = "EPSG:" + member.Properties.Code.String()
	}
	system, known := crs.ByName(name)
	if !known {
		return g.unknownSystem(fmt.Sprintf("the coordinate system %q is not known", name))
	}
	if late && system.Name != crs.WGS84.Name {
		return fmt.Errorf("the member crs stands behind the features, which were taken for WGS 84; put it before them")
	}
	g.system = system
	return nil
}

// line is the line of what was read last.
func (g *geoJSON) line() int {
	return 1 + g.window.lineEnds - bytes.Count(g.dec.UnreadBuffer(), []byte("\n"))
}

// texts are the properties that are texts or numbers.
func texts(properties map[string]any) map[string]string {
	out := make(map[string]string, len(properties))
	for name, value := range properties {
		switch value := value.(type) {
		case string:
			out[name] = value
		case json.Number:
			out[name] = value.String()
		}
	}
	return out
}

// window passes a text on in small pieces, counts its lines, and ends when a single value grows too large.
type window struct {
	r        io.Reader
	dec      *jsontext.Decoder
	read     int64
	lineEnds int
	ahead    []byte // read already
}

var errTooLarge = fmt.Errorf("a feature is larger than %d MB", maxFeatureBytes>>20)

// skipMark skips a byte order mark.
func (w *window) skipMark() error {
	first := make([]byte, 3)
	n, err := io.ReadFull(w.r, first)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return err
	}
	w.ahead = bytes.TrimPrefix(first[:n], []byte("\ufeff"))
	return nil
}

// Read implements io.Reader.
func (w *window) Read(p []byte) (n int, err error) {
	if w.read-w.dec.InputOffset() > maxFeatureBytes {
		return 0, errTooLarge
	}
	p = p[:min(len(p), 64<<10)]
	if len(w.ahead) > 0 {
		n = copy(p, w.ahead)
		w.ahead = w.ahead[n:]
	} else {
		n, err = w.r.Read(p)
	}
	w.read += int64(n)
	w.lineEnds += bytes.Count(p[:n], []byte("\n"))
	return n, err
}
