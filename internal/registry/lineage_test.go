package registry

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLineage(t *testing.T) {
	asked := map[string]int{}
	names := func(edition string) (map[AreaCode]string, error) {
		asked[edition]++
		return map[string]map[AreaCode]string{
			"a": {"19.71.05.1003": "Selindung"},
			"b": {"19.71.05.1003": "Selindung", "19.71.05.1009": "Selindung Baru"},
			"c": {"19.71.05.1009": "Selindung Baru", "19.71.05.1010": "Sinar"},
		}[edition], nil
	}
	split := Succession{Code: "19.71.05.1009", Predecessor: "19.71.05.1003", Decree: "Perda 3"}
	recoded := Succession{Code: "19.71.05.1010", Predecessor: "19.71.05.1003"}
	l, err := NewLineage([]EditionSuccessions{{"0", nil}, {"a", nil}, {"b", []Succession{split}}, {"c", []Succession{split, recoded}}, {"d", nil}}, names)
	if err != nil || asked["d"] > 0 || asked["0"] > 0 {
		t.Errorf("%v, asked %v", err, asked)
	}
	first := Step{split, "b", "Selindung Baru", "Selindung"}
	second := Step{recoded, "c", "Sinar", "Selindung"}
	for _, test := range []struct {
		what      string
		got, want []Step
	}{
		{"what Selindung became after a", l.Successors("a", "19.71.05.1003"), []Step{first, second}},
		{"after b", l.Successors("b", "19.71.05.1003"), []Step{second}},
		{"after d", l.Successors("d", "19.71.05.1003"), nil},
		{"what Selindung Baru came from in a", l.Predecessors("a", "19.71.05.1009"), nil},
		{"in b", l.Predecessors("b", "19.71.05.1009"), []Step{first}},
		{"in d, which says nothing", l.Predecessors("d", "19.71.05.1009"), []Step{first}},
		{"of nobody", (*Lineage)(nil).Predecessors("d", "19.71.05.1009"), nil},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
	for _, test := range []struct {
		a, b    string
		inOrder bool
		want    []Step
	}{{"a", "b", true, []Step{first}}, {"a", "d", true, []Step{first, second}}, {"c", "a", false, []Step{first, second}}, {"b", "b", true, nil}, {"c", "d", true, nil}} {
		got, inOrder := l.Between(test.a, test.b)
		if diff := cmp.Diff(test.want, got); diff != "" || inOrder != test.inOrder {
			t.Errorf("between %s and %s, in order %v (-want +got):\n%s", test.a, test.b, inOrder, diff)
		}
	}
	if none, inOrder := (*Lineage)(nil).Between("a", "b"); none != nil || !inOrder {
		t.Error("no lineage says something")
	}
	broken := errors.New("broken")
	if _, err := NewLineage([]EditionSuccessions{{"b", []Succession{split}}}, func(string) (map[AreaCode]string, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestByAge(t *testing.T) {
	at := func(day int) *time.Time { d := time.Date(2025, 1, day, 0, 0, 0, 0, time.UTC); return &d }
	var got []string
	for _, e := range ByAge([]Edition{{ID: "late", AsOf: "2025-09-30", PublishedAt: at(3)}, {ID: "draft", AsOf: "2024-01-01"}, {ID: "again", AsOf: "2025-06-30", PublishedAt: at(9)}, {ID: "early", AsOf: "2025-06-30", PublishedAt: at(2)}}) {
		got = append(got, e.ID)
	}
	if diff := cmp.Diff([]string{"early", "again", "late"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSuccessionCheck(t *testing.T) {
	for _, test := range []struct {
		s     Succession
		field string
	}{
		{Succession{Code: "19.71.05.1009", Predecessor: "19.71.05.1003", Date: "2025-02-28"}, ""},
		{Succession{Code: "19.71.05", Predecessor: "19.71.05"}, ""},
		{Succession{Code: "19.71.5", Predecessor: "19.71.05"}, "code"},
		{Succession{Code: "19.71", Predecessor: "19.71"}, "code"},
		{Succession{Code: "19.71.05", Predecessor: ""}, "predecessor"},
		{Succession{Code: "19.71.05", Predecessor: "19.71.05.1003"}, "predecessor"},
		{Succession{Code: "19.71.05", Predecessor: "19.71.04", Date: "2025-02-30"}, "date"},
	} {
		err := test.s.Check()
		var e *Error
		if test.field == "" && err != nil || test.field != "" && (!errors.As(err, &e) || e.Field != test.field) {
			t.Errorf("%+v: %v, want one of %q", test.s, err, test.field)
		}
	}
}
