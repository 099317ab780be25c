package ingest

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

func TestCityIndicators(t *testing.T) {
	path := cityFile(t, "statistics.csv")
	s := &memoryStore{areas: []registry.Area{{Code: "19.71.01.1004"}}}
	report, err := Indicators(context.Background(), target(s), path, nil)
	if err != nil || report.Rejected != 0 || report.Rows != int64(len(s.indicators)) {
		t.Fatalf("report %+v, error %v", report, err)
	}
	province := 0
	for _, i := range s.indicators {
		if i.Unit == "" || i.Source == "" {
			t.Errorf("%+v", i)
		}
		if i.Area == "19" {
			province++
		}
	}
	if len(s.indicators) != 32 || province != 5 {
		t.Errorf("%d indicators, %d of the province; want 32 and 5", len(s.indicators), province)
	}
	want := registry.AreaIndicator{Area: "19.71", Code: "p0_persen", Year: 2017, Value: 4.8, Unit: "persen", Source: "BPS Kota Pangkalpinang news, 3 Jan 2018",
		URL:  "https://pangkalpinangkota.bps.go.id/en/news/2018/01/03/14/penyerahan-angka-kemiskinan-kota-pangkalpinang-2017.html",
		Note: "one decimal as published there"}
	if diff := cmp.Diff(want, s.indicators[3]); diff != "" {
		t.Error(diff)
	}
}

func TestBadIndicator(t *testing.T) {
	for _, test := range []struct{ column, cell, reason string }{
		{"area_code", "", "is missing"},
		{"area_code", "19.72", "is not an area of the edition, nor one above it"},
		{"area_code", "1971", "is not an area of the edition, nor one above it"},
		{"indicator", "Poverty rate", "is not a name of small letters, digits and _"},
		{"indicator", "p0", "is given twice"},
		{"year", "24", "is not a year"},
		{"year", "2024-03", "is not a whole number"},
		{"value", "about 4", "is not a number"},
		{"value", "-", "is missing"},
		{"unit", "", "is missing"},
		{"source", "", "is missing"},
		{"source", strings.Repeat("x", 2001), "is longer than 2000 bytes"},
		{"url", "javascript:alert(1)", "is not an address on the web"},
		{"url", "bps.go.id", "is not an address on the web"},
	} {
		t.Run(test.column+" "+test.cell, func(t *testing.T) {
			row := []string{"19", "p0", "2024", "4.5", "percent", "BPS", "", ""}
			good := strings.Join(row, ",")
			if test.reason != "is given twice" {
				row[1] = "p1"
			}
			for i, name := range indicatorColumns {
				if name == test.column {
					row[i] = test.cell
				}
			}
			s := draft()
			path := write(t, "s.csv", strings.Join(indicatorColumns, ",")+"\n"+good+"\n"+strings.Join(row, ",")+"\n")
			report, err := Indicators(context.Background(), target(s), path, nil)
			if err != nil || len(s.indicators) != 1 {
				t.Fatalf("%d indicators, error %v", len(s.indicators), err)
			}
			if diff := cmp.Diff([]Reason{{test.column, test.reason, 1, 3}}, report.Reasons); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIndicatorsAppended(t *testing.T) {
	s := draft()
	target := target(s)
	header := "area_code,indicator,year,value,unit,source\n"
	for _, rows := range []string{"19,p0,2024,4.5,percent,BPS\n", "19,p0,2024,4.6,percent,BPS\n19,p0,2025,4.4,percent,BPS\n"} {
		report, err := Indicators(context.Background(), target, write(t, "s.csv", header+rows), nil)
		if err != nil {
			t.Fatal(err)
		}
		if target.Append && !cmp.Equal(report.Reasons, []Reason{{"indicator", "is already in the draft", 1, 2}}) {
			t.Errorf("%+v", report)
		}
		target.Append = true
	}
	if len(s.indicators) != 2 || s.indicators[0].Value != 4.5 {
		t.Errorf("%+v", s.indicators)
	}
}

func TestIndicatorsRefused(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"area_code,indicator,year,value,unit\n", "there is no column source"},
		{strings.Join(indicatorColumns, ",") + "\n", "holds no indicators"},
		{strings.Join(indicatorColumns, ",") + "\nx,,,,,,,\n", "all 1 indicators of s.csv were rejected"},
	} {
		s := draft()
		if _, err := Indicators(context.Background(), target(s), write(t, "s.csv", test.text), nil); err == nil || !strings.Contains(err.Error(), test.want) || s.puts != 0 {
			t.Errorf("%d writes, error %v; want one with %q", s.puts, err, test.want)
		}
	}
}
