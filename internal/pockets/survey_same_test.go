package pockets

import (
	"reflect"
	"testing"

	"kantong/internal/registry"
)

// surveyOf has one pocket for each letter of units: h of households, b of blocks, r of RT, k of a kelurahan, with members by
// short ids, one household each. Those with a name are named after their position in names.
func surveyOf(units, names string, members ...[]byte) *Survey {
	s := &Survey{}
	for i, u := range units {
		p := &SurveyPocket{Unit: map[rune]Unit{'h': UnitHousehold, 'b': UnitBlock, 'r': UnitRT, 'k': UnitKelurahan}[u]}
		if p.Unit.named() {
			p.Area, p.RT = "19.71.01.1001", names[i:i+1]
		}
		for _, id := range members[i] {
			p.Total.Households++
			s.members = append(s.members, member{registry.HouseholdID{id}, 1, i})
		}
		s.Pockets = append(s.Pockets, p)
	}
	return s
}

func TestSameAs(t *testing.T) {
	for _, c := range []struct {
		name           string
		earlier, later *Survey
		want           []Pair
	}{
		{"nothing", &Survey{}, &Survey{}, []Pair{}},
		{"new", &Survey{}, surveyOf("hr", " 1", []byte{1}, []byte{2}), []Pair{{-1, 0, 0, 0}, {-1, 1, 0, 0}}},
		{"by members", surveyOf("bb", "  ", []byte{1, 2}, []byte{3, 4, 5}), surveyOf("bb", "  ", []byte{3, 4}, []byte{1, 2}), []Pair{{1, 0, 2, 2.0 / 3}, {0, 1, 2, 1}}},
		{"by name", surveyOf("rrh", "12 ", []byte{1, 2}, []byte{3, 4}, []byte{7}), surveyOf("rhr", "2 1", []byte{3, 1}, []byte{7}, []byte{9}),
			[]Pair{{1, 0, 1, 1.0 / 3}, {2, 1, 1, 1}, {0, 2, 0, 0}}},
		{"a unit is no kelurahan", surveyOf("r", "1", []byte{1}), surveyOf("k", "1", []byte{1}), []Pair{{-1, 0, 0, 0}}},
		{"households are no unit", surveyOf("r", "1", []byte{1}), surveyOf("h", " ", []byte{1}), []Pair{{-1, 0, 0, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := SameAs(c.earlier, c.later); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestSameAsItself pairs every pocket of a survey with itself.
func TestSameAsItself(t *testing.T) {
	c := changed(t, 240, 500, asItIs)
	for _, v := range []*registry.View{c.View, c.byBlocks()} {
		q := Question{RadiusMeters: 250, MinHouseholds: 8}
		s := survey(t, v, q)
		if len(s.Pockets) < 5 {
			t.Fatalf("only %d pockets", len(s.Pockets))
		}
		for i, p := range SameAs(s, survey(t, v, q)) {
			if want := (Pair{i, i, s.Pockets[i].Total.Households, 1}); p != want {
				t.Errorf("%+v, want %+v", p, want)
			}
		}
	}
}
