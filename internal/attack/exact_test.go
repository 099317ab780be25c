package attack

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"kantong/internal/registry"
)

// TestExactPovertyGap looks for two lines with the same poor below them: then the gap grows by the step times the poor, so
// gap and growth together give the mean shortfall to a fraction of a rupiah. Spending is recorded in thousands, so only
// one number of people has that mean.
func TestExactPovertyGap(t *testing.T) {
	c := demoCity(24_000, 1)
	w := setup{editions: []city{c}}.start(t)
	truth := poorPeople(w.client(t, planner), true)
	if found, guessed := matches(truth, poorPeople(w.client(t, planner), false)); guessed < 50 || found < guessed*9/10 {
		t.Fatalf("as planner %d of %d counts are found: the attack proves nothing", found, guessed)
	}
	for _, key := range []string{partner, public} {
		found, guessed := matches(truth, poorPeople(w.client(t, key), false))
		t.Logf("key %q: %d counts of poor people guessed, %d of them exact", key, guessed, found)
		if found > max(3, guessed/10) {
			t.Errorf("key %q: %d of %d counts of poor people are found exactly", key, found, guessed)
		}
	}
}

func matches(truth, guesses map[string]int) (found, guessed int) {
	for at, n := range guesses {
		guessed++
		if truth[at] == n {
			found++
		}
	}
	return found, guessed
}

// poorPeople gives the number of poor people by kelurahan and line: as it is shown, or as the gaps give it away.
func poorPeople(c client, shown bool) map[string]int {
	const step, first, last = 50_000, 400_000, 1_500_000
	var selection strings.Builder
	var lines []int
	for line := first; line <= last; line += step {
		lines = append(lines, line)
	}
	out := map[string]int{}
	for part := range slices.Chunk(lines, 8) { // overlapping by one line would ask more; pairs within a part are enough
		selection.Reset()
		for _, line := range part {
			fmt.Fprintf(&selection, "l%d: poverty(lineRupiah: %d) { people { value } headcount { value } gap { value } }\n", line, line)
		}
		type poverty struct {
			People         figure
			Headcount, Gap struct{ Value *float64 }
		}
		var answer struct {
			Summaries []struct {
				Key     struct{ Area struct{ Code string } }
				Summary map[string]*poverty
			}
		}
		c.must("{ summaries(groupBy: [{area: KELURAHAN}]) { key { area { code } } summary {"+selection.String()+"} } }", nil, &answer)
		for _, group := range answer.Summaries {
			gap := func(line int) (sum float64, ok bool) {
				p := group.Summary[fmt.Sprintf("l%d", line)]
				if p == nil || p.Gap.Value == nil || !p.People.known() {
					return 0, false
				}
				return *p.Gap.Value * float64(line) * float64(*p.People.Value), true
			}
			for i, line := range part {
				at := fmt.Sprint(group.Key.Area.Code, " below ", line)
				low, ok := gap(line)
				if !ok {
					continue
				}
				if shown {
					p := group.Summary[fmt.Sprintf("l%d", line)]
					out[at] = int(math.Round(*p.Headcount.Value * float64(*p.People.Value)))
					continue
				}
				if i+1 == len(part) {
					continue
				}
				if high, ok := gap(line + step); ok {
					if n := peopleOf(low, high, step); n > 0 {
						out[at] = n
					}
				}
			}
		}
	}
	return out
}

// peopleOf gives the number of people whose gap is low at one line and high at the next; 0 when they are not the same
// people or no number fits. Of several that fit it is the one nearest to what is shown.
func peopleOf(low, high, step float64) (nearest int) {
	low, high = math.Round(low), math.Round(high)
	shown := (high - low) / step
	if low <= 0 || shown <= 0 || shown != math.Trunc(shown) {
		return 0
	}
	const recorded, most = 1000, 400 // spending in rupiah, and people
	for n := 1; n <= most; n++ {
		// The gap shown is ⌊gap·shown/n⌋, and the gap itself a multiple of what is recorded.
		from, to := low*float64(n)/shown, (low+1)*float64(n)/shown
		fits := math.Ceil((from-1e-6)/recorded)*recorded < to-1e-6
		if fits && math.Abs(float64(n)-shown) < math.Abs(float64(nearest)-shown) {
			nearest = n
		}
	}
	return nearest
}

// TestEmptyArea asks whether somebody lives in a kelurahan that is withheld: leaving it out of its kecamatan must not
// look different when nobody does.
func TestEmptyArea(t *testing.T) {
	c, k, lone := loneHouse()
	kecamatan := at(string(k.Parent()))
	var siblings []string
	for _, i := range c.areas.Level(registry.LevelKelurahan) {
		if code := c.areas.Area(i).Code; code != k && code.Within(k.Parent()) {
			siblings = append(siblings, string(code))
		}
	}
	empty, lived := setup{editions: []city{c}}.start(t), setup{editions: []city{c.with(lone)}}.start(t)
	differs := func(w world, key string) bool {
		f := w.client(t, key).counts(kecamatan, m{"areas": siblings})
		return f[0].String() != f[1].String()
	}
	if differs(empty, planner) || !differs(lived, planner) {
		t.Fatal("a planner does not see it: the attack proves nothing")
	}
	for _, key := range []string{partner, public} {
		if nobody, somebody := differs(empty, key), differs(lived, key); nobody != somebody {
			t.Errorf("key %q: the kecamatan is the sum of its other kelurahan: %v when nobody lives in %s, %v when one household does", key, !nobody, k, !somebody)
		}
	}
}

// TestLoneHouse looks for the only household of a kelurahan with ever smaller discs.
func TestLoneHouse(t *testing.T) {
	c, _, lone := loneHouse()
	empty, lived := setup{editions: []city{c}}.start(t), setup{editions: []city{c.with(lone)}}.start(t)
	p := lone.Point.Point()
	look := func(w world, key string) (seen []string) {
		c := w.client(t, key)
		var filters []m
		for _, radius := range []float64{1, 10, 100, 1000} {
			filters = append(filters, m{"where": m{"near": m{"point": m{"longitude": p[0], "latitude": p[1]}, "radiusMeters": radius}}})
		}
		for _, s := range c.summaries("households { value status } answeredFor { blocks geometry coverage }", filters...) {
			if s.AnsweredFor == nil {
				seen = append(seen, s.Households.String(), s.refused)
				continue
			}
			seen = append(seen, fmt.Sprint(s.Households, s.AnsweredFor.Blocks, s.AnsweredFor.Coverage, string(s.AnsweredFor.Geometry)))
		}
		// The list of hexagons must not tell either.
		return append(seen, c.send("{ summaries(groupBy: [{hex: M250}]) { key { hex { id } } } }", nil).raw)
	}
	if slices.Equal(look(empty, planner), look(lived, planner)) {
		t.Fatal("a planner does not see it: the attack proves nothing")
	}
	for _, key := range []string{partner, public} {
		before, after := look(empty, key), look(lived, key)
		for i := range before {
			if before[i] != after[i] {
				t.Errorf("key %q: with a household alone in its kelurahan answer %d is %.120q, without it %.120q", key, i, after[i], before[i])
			}
		}
	}
}

// loneHouse gives a city with a kelurahan that nobody lives in, and a household for it.
func loneHouse() (city, registry.AreaCode, registry.Household) {
	c := demoCity(3000, 1)
	area := c.areas.Area(c.areas.Level(registry.LevelKelurahan)[7])
	c = c.without(func(h *registry.Household) bool { return h.Area == area.Code })
	return c, area.Code, house("lone", area.Code, area.Label[0], area.Label[1])
}

// TestRemoteHouse puts a household two kilometres from all others of a populous kelurahan.
func TestRemoteHouse(t *testing.T) {
	c := demoCity(6000, 1)
	area := c.areas.Area(c.areas.Level(registry.LevelKelurahan)[3])
	bound := c.areas.Bound()
	remote := house("remote", area.Code, bound.Max[0]+0.02, bound.Max[1]+0.02)
	p := remote.Point.Point()
	around := box(p[0]-500*metre, p[1]-500*metre, p[0]+500*metre, p[1]+500*metre)
	w := setup{editions: []city{c.with(remote)}}.start(t)
	if f := w.client(t, planner).counts(around); *f[0].Value != 1 {
		t.Fatalf("a planner does not see it: %v", f[0])
	}
	for _, s := range w.client(t, partner).summaries("households { value status } answeredFor { blocks geometry }", around, both(around, isX(wanted))) {
		if s.Households.known() || s.AnsweredFor.Blocks != 0 || string(s.AnsweredFor.Geometry) != "null" {
			t.Errorf("a remote house is shown: %v, %d blocks, %s", s.Households, s.AnsweredFor.Blocks, s.AnsweredFor.Geometry)
		}
	}
	if f := w.client(t, public).counts(around); f[0].refused != "DISCLOSURE_LIMIT" {
		t.Errorf("the public is answered for a box: %v", f[0])
	}
}

// TestSumsDoNotUndoFloors asks for ranges of deciles with and without one: what is withheld by itself comes back as nothing
// or as the floor, never as a number that would be withheld. A difference above zero says that somebody is there, and
// that is all it says: nobody stays nobody.
func TestSumsDoNotUndoFloors(t *testing.T) {
	c := demoCity(6000, 1)
	w := setup{editions: []city{c}}.start(t)
	claims := func(key string, floor int) (made, right int) {
		a := w.client(t, key)
		var direct, sums []m
		for _, i := range c.areas.Level(registry.LevelKelurahan) {
			code := string(c.areas.Area(i).Code)
			for d := 2; d <= 10; d++ {
				direct = append(direct, both(at(code), deciles(d, d), isX(wanted)))
				sums = append(sums, both(at(code), deciles(1, d), isX(wanted)), both(at(code), deciles(1, d-1), isX(wanted)))
			}
		}
		truth, single, range_ := w.client(t, planner).counts(direct...), a.counts(direct...), a.counts(sums...)
		for i := range direct {
			with, without := range_[2*i], range_[2*i+1]
			if key != planner && single[i].known() || !with.known() || !without.known() || *with.Value == *without.Value || *truth[i].Value >= 5 {
				continue
			}
			made++
			if left := *with.Value - *without.Value; key != planner && left > 0 && left < floor {
				t.Errorf("key %q: a withheld cell of %d comes back as %d", key, *truth[i].Value, left)
			}
			if *truth[i].Value > 0 {
				right++
			}
		}
		return made, right
	}
	if made, right := claims(planner, 0); made == 0 || right < made {
		t.Fatalf("as planner %d of %d claims are right: the attack proves nothing", right, made)
	}
	for key, floor := range map[string]int{partner: 5, public: 10} {
		made, right := claims(key, floor)
		t.Logf("key %q: %d withheld cells of fewer than five households come back as differences; in %d of them somebody is there", key, made, right)
	}
}
