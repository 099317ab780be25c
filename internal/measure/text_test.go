package measure

import (
	"errors"
	"strings"
	"testing"

	"kantong/internal/registry"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		`{"deprivation": "UNSAFE_WATER"}`:                    "households deprived in UNSAFE_WATER",
		`{"exclusion": "PKH"}`:                               "exclusion error of PKH",
		`{"indicator": {"code": "p0_persen"}}`:               "p0_persen",
		`{"indicator": {"code": "p0_persen", "year": 2024}}`: "p0_persen of 2024",
		`{"share": {"meeting": {"decile": {"max": 2}}}}`:     "share of households decile at most 2",
		`{"share": {"meeting": {"decile": {"max": 2}}, "among": {"headSex": "FEMALE"}, "people": true}}`: "share of people decile at most 2 among those headed by a woman",
	} {
		m, err := Parse([]byte(text))
		if err != nil || m.String() != want {
			t.Errorf("%s: %s, %v; want %s", text, m, err, want)
		}
		if again, err := Parse(m.JSON()); err != nil || again.String() != want {
			t.Errorf("%s is read as %s, %v", m.JSON(), again, err)
		}
	}
	for text, field := range map[string]string{
		``:                                     "",
		`7`:                                    "",
		`{}`:                                   "",
		`{"deprivation": "WATER"}`:             "",
		`{"deprivation": "EARTH_FLOOR"} {}`:    "",
		`{"poverty": 1}`:                       "",
		`{"exclusion": ""}`:                    "exclusion",
		`{"exclusion": "A", "indicator": {}}`:  "",
		`{"indicator": {"year": 2024}}`:        "indicator.code",
		`{"share": {}}`:                        "share.meeting",
		`{"share": {"meeting": {"decil": 2}}}`: "share.meeting",
		`{"share": {"meeting": {}, "among": {"decile": {"min": 5, "max": 2}}}}`: "share.among.decile",
	} {
		_, err := Parse([]byte(text))
		var refused *registry.Error
		if !errors.As(err, &refused) || refused.Code != registry.CodeBadUserInput || refused.Field != field || strings.TrimSpace(refused.Message) == "" {
			t.Errorf("%s: %v with field %q, want BAD_USER_INPUT with field %q", text, err, refused.Field, field)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"share": {"meeting": {"decile": {"max": 2}}}}`)
	f.Add(`{"indicator": {"code": "p0_persen", "year": 2024}}`)
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := Parse([]byte(text)); err == nil && m.String() == "" {
			t.Errorf("%s is a measure without a name", text)
		}
	})
}

// TestSampleOfPeople: a share of people rests on the households that they live in.
func TestSampleOfPeople(t *testing.T) {
	for _, c := range []struct {
		value      Value
		events, of int64
	}{
		{Value{Events: 3, Of: 10, households: 10}, 3, 10},
		{Value{Events: 300, Of: 1000, households: 250}, 75, 250},
		{Value{Events: 1, Of: 3, households: 2}, 1, 2},
		{Value{}, 0, 0},
	} {
		if events, of := c.value.Sample(); events != c.events || of != c.of {
			t.Errorf("%+v rests on %d of %d, want %d of %d", c.value, events, of, c.events, c.of)
		}
	}
}
