package registry

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"kantong/internal/geo"
)

// ParseFilter reads a filter from JSON, refusing unknown names, and checks it.
func ParseFilter(data []byte) (Filter, error) {
	var f Filter
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return Filter{}, Invalid("", "not a household filter: %s", JSONFault(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return Filter{}, Invalid("", "not a household filter: text after its end")
	}
	return f, f.Check()
}

// JSONFault says in words what is wrong with a JSON text that somebody wrote.
func JSONFault(err error) string {
	var kind *json.UnmarshalTypeError
	var text base64.CorruptInputError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Sprintf("%s: a %s does not belong there", kind.Field, kind.Value)
	case errors.As(err, &kind):
		return fmt.Sprintf("its kind is %s, and it should be an object like {\"decile\": {\"max\": 4}}", kind.Value)
	case errors.As(err, &text):
		return "a text stands where a list belongs: put it in square brackets"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the text ends too early"
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// JSON writes the filter with conditions in a fixed order, so that equal filters have equal text.
func (f Filter) JSON() []byte {
	b, err := json.Marshal(f)
	if err != nil { // only a geometry of a foreign type could fail, and Check refuses those
		panic(err)
	}
	return b
}

type spatialJSON struct {
	BBox      *BBox           `json:"bbox,omitempty"`
	CoveredBy json.RawMessage `json:"coveredBy,omitempty"`
	Near      *Near           `json:"near,omitempty"`
}

// MarshalJSON writes a polygon as GeoJSON.
func (s Spatial) MarshalJSON() ([]byte, error) {
	j := spatialJSON{BBox: s.BBox, Near: s.Near}
	if s.CoveredBy != nil {
		j.CoveredBy = geo.MarshalGeometry(s.CoveredBy)
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads a polygon from GeoJSON.
func (s *Spatial) UnmarshalJSON(data []byte) error {
	var j spatialJSON
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return err
	}
	*s = Spatial{BBox: j.BBox, Near: j.Near}
	if j.CoveredBy == nil {
		return nil
	}
	g, err := geo.ParseGeometry(j.CoveredBy)
	s.CoveredBy = g
	return err
}

// The enumerations are text in JSON, as in the API.

// MarshalText writes the name.
func (d Deprivation) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the name.
func (d *Deprivation) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDeprivation(string(b))
	return err
}

// MarshalText writes the name.
func (s Sex) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name.
func (s *Sex) UnmarshalText(b []byte) (err error) {
	*s, err = ParseSex(string(b))
	return err
}
