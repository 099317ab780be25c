package geo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/paulmach/orb"
)

// place is where in a GeoJSON text an object stands; it limits how deep objects nest.
type place int

const (
	atTop place = iota
	inFeatures
	inFeature    // the geometry of a feature
	inGeometries // a member of a GeometryCollection
)

const (
	// maxJSONDepth limits how deep arrays and objects nest inside one member.
	maxJSONDepth = 64
	// Decoded, these members take many times the memory of their text.
	maxPropertiesBytes = 1 << 20
	maxBboxBytes       = 1 << 10
)

// object is a GeoJSON object whose members are read but not yet judged: type may come
// last.
type object struct {
	kind        string
	line        int
	members     []string // those present that have a meaning in GeoJSON
	coordinates []byte
	geometry    orb.Geometry
	geometries  []orb.Geometry
	features    []Feature
	id          any
	properties  map[string]any
	openRings   bool // rings need not be closed
	heights     bool // a position of the geometry had more than two numbers
}

func (o *object) has(member string) bool { return slices.Contains(o.members, member) }

type reader struct {
	data  []byte
	dec   *jsontext.Decoder
	first int   // the line that data begin on
	line  int   // of what was read last
	seen  int64 // bytes whose line ends are counted

	openRings bool // rings need not be closed
	heights   bool // a position had more than two numbers
}

// currentLine is the line of what was read last.
func (r *reader) currentLine() int {
	offset := r.dec.InputOffset()
	r.line += bytes.Count(r.data[r.seen:offset], []byte("\n"))
	r.seen = offset
	return r.line
}

func (r *reader) object(at place) (*object, error) {
	token, err := r.dec.ReadToken()
	if err != nil {
		return nil, r.syntax(err)
	}
	if token.Kind() != '{' {
		return nil, fmt.Errorf("line %d: a GeoJSON object must be an object, not %s", r.currentLine(), kindName(token.Kind()))
	}
	o := &object{line: r.currentLine(), openRings: r.openRings}
	for {
		token, err := r.dec.ReadToken()
		if err != nil {
			return nil, r.syntax(err)
		}
		if token.Kind() == '}' {
			break
		}
		if err := r.member(o, token.String(), at); err != nil {
			return nil, err
		}
	}
	if !o.has("type") {
		return nil, fmt.Errorf("line %d: the member type is missing", o.line)
	}
	return o, nil
}

// member reads the value of a member into o.
func (r *reader) member(o *object, name string, at place) error {
	switch name {
	case "type", "coordinates", "geometries", "geometry", "properties", "features":
		o.members = append(o.members, name)
	}
	switch name {
	case "features":
		return r.array(name, at == atTop, func() error {
			feature, err := r.feature()
			o.features = append(o.features, feature)
			return err
		})
	case "geometries":
		return r.array(name, at != inGeometries, func() error {
			child, err := r.geometry(inGeometries)
			o.geometries = append(o.geometries, child)
			return err
		})
	case "geometry":
		if r.dec.PeekKind() == 'n' {
			return r.skip()
		}
		if at > inFeatures {
			return fmt.Errorf("line %d: a geometry object can't have a member geometry", r.currentLine())
		}
		child, err := r.geometry(inFeature)
		o.geometry, o.heights = child, r.heights
		r.heights = false
		return err
	}

	raw, err := r.dec.ReadValue()
	if err != nil {
		return r.syntax(err)
	}
	if tooDeep(raw) {
		return fmt.Errorf("line %d: the member %s nests deeper than %d levels", r.currentLine(), name, maxJSONDepth)
	}
	if limit := map[string]int{"properties": maxPropertiesBytes, "id": maxBboxBytes, "bbox": maxBboxBytes, "crs": maxBboxBytes}[name]; limit > 0 && len(raw) > limit {
		return fmt.Errorf("line %d: the member %s is longer than %d bytes", r.currentLine(), name, limit)
	}
	switch name {
	case "type":
		if raw.Kind() != '"' {
			return fmt.Errorf("line %d: the member type must be a string, not %s", r.currentLine(), kindName(raw.Kind()))
		}
		return json.Unmarshal(raw, &o.kind)
	case "coordinates":
		o.coordinates = bytes.Clone(raw)
	case "properties":
		if kind := raw.Kind(); kind != '{' && kind != 'n' {
			return fmt.Errorf("line %d: the member properties must be an object or null, not %s", r.currentLine(), kindName(kind))
		}
		return unmarshalNumbers(raw, &o.properties)
	case "id":
		if kind := raw.Kind(); kind != '"' && kind != '0' && (at <= inFeatures) {
			return fmt.Errorf("line %d: the member id must be a string or a number, not %s", r.currentLine(), kindName(kind))
		}
		return unmarshalNumbers(raw, &o.id)
	case "bbox":
		if err := checkBbox(raw); err != nil {
			return fmt.Errorf("line %d: %w", r.currentLine(), err)
		}
	case "crs":
		if err := checkCRS(raw); err != nil {
			return fmt.Errorf("line %d: %w", r.currentLine(), err)
		}
	}
	return nil
}

// array reads an array element by element.
func (r *reader) array(name string, allowed bool, element func() error) error {
	token, err := r.dec.ReadToken()
	if err != nil {
		return r.syntax(err)
	}
	if token.Kind() != '[' {
		return fmt.Errorf("line %d: the member %s must be an array, not %s", r.currentLine(), name, kindName(token.Kind()))
	}
	for {
		if r.dec.PeekKind() == ']' {
			_, err := r.dec.ReadToken()
			return err
		}
		if !allowed {
			return fmt.Errorf("line %d: the member %s has no place here", r.currentLine(), name)
		}
		if err := element(); err != nil {
			return err
		}
	}
}

func (r *reader) feature() (Feature, error) {
	o, err := r.object(inFeatures)
	if err != nil {
		return Feature{}, err
	}
	return o.asFeature()
}

func (r *reader) geometry(at place) (orb.Geometry, error) {
	o, err := r.object(at)
	if err != nil {
		return nil, err
	}
	if at == inGeometries && o.kind == "GeometryCollection" {
		return nil, fmt.Errorf("line %d: a GeometryCollection can't hold another one", o.line)
	}
	geometry, err := o.asGeometry()
	r.heights = r.heights || o.heights
	return geometry, err
}

func (r *reader) skip() error {
	if err := r.dec.SkipValue(); err != nil {
		return r.syntax(err)
	}
	return nil
}

func (r *reader) syntax(err error) error {
	var bad *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("not GeoJSON: the text ends early")
	case errors.As(err, &bad) && errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("the member %q is given twice on line %d", bad.JSONPointer.LastToken(), r.lineAt(bad.ByteOffset))
	case errors.As(err, &bad):
		return fmt.Errorf("not JSON on line %d: %w", r.lineAt(bad.ByteOffset), bad.Err)
	}
	return fmt.Errorf("not GeoJSON: %w", err)
}

func (r *reader) lineAt(offset int64) int {
	return r.first + bytes.Count(r.data[:min(offset, int64(len(r.data)))], []byte("\n"))
}

// unmarshalNumbers decodes a value keeping numbers as written: a float64 would lose the
// last digits of a long code.
func unmarshalNumbers(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return dec.Decode(into)
}

// tooDeep tells whether a JSON value nests deeper than maxJSONDepth.
func tooDeep(raw []byte) bool {
	depth, inString := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			if depth++; depth > maxJSONDepth {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case 'n':
		return "null"
	case 't', 'f':
		return "true or false"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '[':
		return "an array"
	}
	return "an object"
}
