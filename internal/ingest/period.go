package ingest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kantong/internal/registry"
)

// monthNames begin with what tells months apart, in Indonesian and English.
var monthNames = [12][]string{{"jan"}, {"feb", "peb"}, {"mar"}, {"apr"}, {"mei", "may"}, {"jun"}, {"jul"}, {"agu", "agt", "aug"}, {"sep"}, {"okt", "oct"}, {"nov", "nop"}, {"des", "dec"}}

var (
	yearAlone  = regexp.MustCompile(`^(\d{4})$`)
	monthFirst = regexp.MustCompile(`^(\d{1,2})[-/ .](\d{4})$`)
	yearFirst  = regexp.MustCompile(`^(\d{4})[-/ .](\d{1,2})$`)
	monthWord  = regexp.MustCompile(`^([a-z]+)\.?[- ]+(\d{4})$`)
	monthRange = regexp.MustCompile(`^([a-z]+)\.?(?: *(?:-|–|s\.?/?d\.?|sampai) *)([a-z]+)\.?[- ]+(\d{4})$`)
	quarter    = regexp.MustCompile(`^(?:triwulan|tw|q|kuartal)[- .]*([1-4]|iv|i{1,3})[-/ ]+(\d{4})$`)
)

// parsePeriod reads what a benefit is for: 2025-10, 10/2025, Oktober 2025, Oktober-Desember 2025, Triwulan IV 2025 or 2025.
func parsePeriod(value string) (since, until registry.Date, reason string) {
	text := strings.ToLower(strings.TrimSpace(value))
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	first, last, year := 0, 0, 0
	if m := yearAlone.FindStringSubmatch(text); m != nil {
		first, last, year = 1, 12, number(m[1])
	} else if m := monthFirst.FindStringSubmatch(text); m != nil {
		first, year = number(m[1]), number(m[2])
	} else if m := yearFirst.FindStringSubmatch(text); m != nil {
		first, year = number(m[2]), number(m[1])
	} else if m := quarter.FindStringSubmatch(text); m != nil {
		q := 1 + slices.Index([]string{"1", "2", "3", "4", "i", "ii", "iii", "iv"}, m[1])%4
		first, last, year = 3*q-2, 3*q, number(m[2])
	} else if m := monthRange.FindStringSubmatch(text); m != nil {
		first, last, year = monthOf(m[1]), monthOf(m[2]), number(m[3])
		if last < first {
			first = 0
		}
	} else if m := monthWord.FindStringSubmatch(text); m != nil {
		first, year = monthOf(m[1]), number(m[2])
	}
	if last == 0 {
		last = first
	}
	if first < 1 || last > 12 || year < 1990 || year > 2100 {
		return "", "", "is not a period such as 2025-10, Oktober 2025 or Triwulan IV 2025"
	}
	begin := time.Date(year, time.Month(first), 1, 0, 0, 0, 0, time.UTC)
	end := time.Date(year, time.Month(last)+1, 0, 0, 0, 0, 0, time.UTC)
	return registry.Date(begin.Format(time.DateOnly)), registry.Date(end.Format(time.DateOnly)), ""
}

// monthOf gives a month by name, 1 to 12; 0 for none.
func monthOf(name string) int {
	for i, begins := range monthNames {
		if slices.ContainsFunc(begins, func(b string) bool { return strings.HasPrefix(name, b) }) {
			return i + 1
		}
	}
	return 0
}
