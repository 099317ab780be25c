package demo

import (
	"testing"

	"kantong/internal/registry"
)

// coverage counts a programme in an area.
type coverage struct{ eligible, reached, mistaken int }

func (c coverage) exclusion() float64 { return 1 - float64(c.reached)/float64(c.eligible) }
func (c coverage) inclusion() float64 {
	return float64(c.mistaken) / float64(c.reached+c.mistaken)
}

// measure counts every programme of a city, in all and by kelurahan, over ACTIVE enrolments.
func measure(c *City) (all map[string]*coverage, byArea map[string]map[registry.AreaCode]*coverage) {
	all, byArea = map[string]*coverage{}, map[string]map[registry.AreaCode]*coverage{}
	active := map[registry.HouseholdID]map[string]bool{}
	for e := range c.Enrolments() {
		if e.Status == registry.EnrolmentActive {
			if active[e.Household] == nil {
				active[e.Household] = map[string]bool{}
			}
			active[e.Household][e.Program] = true
		}
	}
	list := c.Programs()
	for _, p := range list {
		all[p.Code], byArea[p.Code] = &coverage{}, map[registry.AreaCode]*coverage{}
	}
	for h := range c.Households() {
		for i := range list {
			code := list[i].Code
			if byArea[code][h.Area] == nil {
				byArea[code][h.Area] = &coverage{}
			}
			entitled, got := eligible(&list[i].Eligibility, &h), active[h.ID][code]
			for _, v := range []*coverage{all[code], byArea[code][h.Area]} {
				switch {
				case entitled && got:
					v.eligible++
					v.reached++
				case entitled:
					v.eligible++
				case got:
					v.mistaken++
				}
			}
		}
	}
	return all, byArea
}

func TestTargetingErrors(t *testing.T) {
	for seed := range uint64(3) {
		all, byArea := measure(newCity(t, 24_000, seed))
		for code, c := range all {
			t.Logf("seed %d %-10s %5d eligible, exclusion %.3f, inclusion %.3f", seed, code, c.eligible, c.exclusion(), c.inclusion())
			if c.eligible < 500 {
				t.Errorf("seed %d %s: only %d eligible", seed, code, c.eligible)
			}
			if e := c.exclusion(); e < 0.15 || e > 0.6 {
				t.Errorf("seed %d %s: exclusion error %.3f", seed, code, e)
			}
			if e := c.inclusion(); e < 0.03 || e > 0.25 {
				t.Errorf("seed %d %s: inclusion error %.3f", seed, code, e)
			}
			low, high := 1.0, 0.0
			for _, a := range byArea[code] {
				if a.eligible >= 40 {
					low, high = min(low, a.exclusion()), max(high, a.exclusion())
				}
			}
			t.Logf("seed %d %-10s exclusion by kelurahan %.3f to %.3f", seed, code, low, high)
			if high-low < 0.15 {
				t.Errorf("seed %d %s: the exclusion error of kelurahan is all between %.3f and %.3f", seed, code, low, high)
			}
		}
	}
}

func TestEnrolmentsAreSound(t *testing.T) {
	c := newCity(t, 24_000, 1)
	var order []registry.HouseholdID
	households := map[registry.HouseholdID]registry.Household{}
	for h := range c.Households() {
		order = append(order, h.ID)
		households[h.ID] = h
	}
	statuses := map[registry.EnrolmentStatus]int{}
	at, last, total := 0, "", 0
	for e, err := range c.Enrolments() {
		if err != nil {
			t.Fatal(err)
		}
		for ; at < len(order) && order[at] != e.Household; at++ {
			last = ""
		}
		if at == len(order) {
			t.Fatalf("%s is enrolled out of order or unknown", e.Household)
		}
		if e.Program <= last {
			t.Fatalf("%s: %s comes after %s", e.Household, e.Program, last)
		}
		last = e.Program
		total++
		statuses[e.Status]++
		for _, d := range []registry.Date{e.Since, e.Until} {
			if d == "" {
				continue
			}
			if _, err := registry.ParseDate(string(d)); err != nil || d > "2025-09-30" {
				t.Errorf("%s %s: date %q", e.Household, e.Program, d)
			}
		}
		h := households[e.Household]
		proposed, ended := e.Status == registry.EnrolmentProposed, e.Status == registry.EnrolmentEnded
		switch {
		case proposed != (e.Since == "") || ended != (e.Until != "") || ended && e.Since >= e.Until:
			t.Errorf("%v has the period %q to %q", e.Status, e.Since, e.Until)
		case proposed != (e.Rupiah == registry.UnknownInt) || !proposed && e.Rupiah <= 0:
			t.Errorf("%s: %v with %d rupiah", e.Program, e.Status, e.Rupiah)
		case e.Persons < 1 || e.Persons > h.Members:
			t.Errorf("%s reaches %d of %d members", e.Program, e.Persons, h.Members)
		case e.Decree == "":
			t.Errorf("%s %s rests on no decree", e.Household, e.Program)
		}
	}
	if len(statuses) != 4 || statuses[registry.EnrolmentActive] < total*8/10 || statuses[registry.EnrolmentActive] == total {
		t.Errorf("of %d enrolments by status: %v", total, statuses)
	}
}

// Some poor families are in no programme, and not equally many everywhere.
func TestUnservedDiffersByKelurahan(t *testing.T) {
	c := newCity(t, 24_000, 1)
	active := map[registry.HouseholdID]bool{}
	for e := range c.Enrolments() {
		if e.Status == registry.EnrolmentActive {
			active[e.Household] = true
		}
	}
	poor, missed := map[registry.AreaCode]int{}, map[registry.AreaCode]int{}
	for h := range c.Households() {
		if h.Decile >= 1 && h.Decile <= 4 {
			poor[h.Area]++
			if !active[h.ID] {
				missed[h.Area]++
			}
		}
	}
	low, high := 1.0, 0.0
	for code, n := range poor {
		share := float64(missed[code]) / float64(n)
		low, high = min(low, share), max(high, share)
	}
	t.Logf("in no programme, of deciles 1 to 4, by kelurahan: %.3f to %.3f", low, high)
	if low > 0.08 || high < 0.12 || high > 0.5 {
		t.Errorf("in no programme, of deciles 1 to 4, by kelurahan: %.3f to %.3f", low, high)
	}
}
