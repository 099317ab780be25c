package measure

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"kantong/internal/registry"
)

// String says the measure in words that fit under a table.
func (m Measure) String() string {
	switch {
	case m.Share != nil:
		what, among := "households", ""
		if m.Share.People {
			what = "people"
		}
		if !m.Share.Among.Everybody() {
			among = " among those " + m.Share.Among.String()
		}
		return "share of " + what + " " + m.Share.Meeting.String() + among
	case m.Deprivation != nil:
		return "households deprived in " + m.Deprivation.String()
	case m.Exclusion != "":
		return "exclusion error of " + m.Exclusion
	case m.Indicator.Year != 0:
		return m.Indicator.Code + " of " + strconv.Itoa(m.Indicator.Year)
	}
	return m.Indicator.Code
}

// Check refuses names that an edition does not have.
func (m *Measure) Check(d *registry.Dataset) error {
	if m.Exclusion != "" {
		if _, ok := d.Program(m.Exclusion); !ok {
			return registry.NotFound("exclusion", "edition %s has no programme %q", d.State.ID(), m.Exclusion)
		}
	}
	if m.Share != nil {
		if err := d.CheckFilter(&m.Share.Meeting); err != nil {
			return registry.Under("share.meeting", err)
		}
		return registry.Under("share.among", d.CheckFilter(&m.Share.Among))
	}
	if m.Indicator != nil {
		for _, i := range d.Indicators {
			if i.Code == m.Indicator.Code && (m.Indicator.Year == 0 || i.Year == m.Indicator.Year) {
				return nil
			}
		}
		return registry.NotFound("indicator", "edition %s has no published figure %s", d.State.ID(), m)
	}
	return nil
}

// JSON writes a measure as Parse reads it, on one line.
func (m Measure) JSON() []byte {
	var out any
	switch {
	case m.Share != nil:
		share := map[string]any{"meeting": m.Share.Meeting}
		if !m.Share.Among.Everybody() {
			share["among"] = m.Share.Among
		}
		if m.Share.People {
			share["people"] = true
		}
		out = map[string]any{"share": share}
	case m.Deprivation != nil:
		out = map[string]any{"deprivation": m.Deprivation.String()}
	case m.Exclusion != "":
		out = map[string]any{"exclusion": m.Exclusion}
	default:
		indicator := map[string]any{"code": m.Indicator.Code}
		if m.Indicator.Year != 0 {
			indicator["year"] = m.Indicator.Year
		}
		out = map[string]any{"indicator": indicator}
	}
	text, err := json.Marshal(out)
	if err != nil { // only a geometry of a foreign type could fail, and filters are checked
		panic(err)
	}
	return text
}

// measureJSON is a measure as the variables of a GraphQL query have it.
type measureJSON struct {
	Share *struct {
		Meeting json.RawMessage `json:"meeting"`
		Among   json.RawMessage `json:"among"`
		People  bool            `json:"people"`
	} `json:"share"`
	Deprivation *registry.Deprivation `json:"deprivation"`
	Exclusion   *string               `json:"exclusion"`
	Indicator   *struct {
		Code string `json:"code"`
		Year int    `json:"year"`
	} `json:"indicator"`
}

// Parse reads a measure from JSON, written as GraphQL's MeasureInput. BAD_USER_INPUT names the member.
func Parse(text []byte) (m Measure, err error) {
	var in measureJSON
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return m, registry.Invalid("", "not a measure such as {\"deprivation\": \"UNSAFE_WATER\"}: %s", registry.JSONFault(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return m, registry.Invalid("", "not a measure: text after its end")
	}
	given := 0
	for _, is := range []bool{in.Share != nil, in.Deprivation != nil, in.Exclusion != nil, in.Indicator != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		return m, registry.Invalid("", "%d measures in one: give one of share, deprivation, exclusion and indicator", given)
	}
	switch {
	case in.Exclusion != nil:
		if m.Exclusion = *in.Exclusion; m.Exclusion == "" {
			return m, registry.Invalid("exclusion", "give the code of a programme")
		}
	case in.Indicator != nil:
		if in.Indicator.Code == "" {
			return m, registry.Invalid("indicator.code", "give the code of a published figure")
		}
		m.Indicator = &Indicator{in.Indicator.Code, in.Indicator.Year}
	case in.Share != nil:
		m.Share = &Share{People: in.Share.People}
		if in.Share.Meeting == nil {
			return m, registry.Invalid("share.meeting", "say who counts: a household filter")
		}
		if m.Share.Meeting, err = registry.ParseFilter(in.Share.Meeting); err != nil {
			return m, registry.Under("share.meeting", err)
		}
		if in.Share.Among != nil {
			m.Share.Among, err = registry.ParseFilter(in.Share.Among)
		}
		return m, registry.Under("share.among", err)
	}
	m.Deprivation = in.Deprivation
	return m, nil
}
