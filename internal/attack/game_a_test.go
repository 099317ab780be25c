package attack

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// The most that a release may add to how often a guess about the target is right, in percentage points. Two things are held
// to it: how much more often any attacker is right than one who never saw the release and guesses what is true of most
// people like the target; and, for the attacker who is most often right, how much more often he is right about the
// target than about a ghost. Attackers who give up being right to tell the target from the ghost (they guess by the
// release alone) get further with the ghost, and less often right; the report has them too.
const mostAdvantage = 2

// long plays as many trials as the requirement names; otherwise a sample is played.
var long = os.Getenv("KANTONG_LONG") != ""

// advantage is how much more often guesses hit what was published than a ghost, drawn in the same way and not published, in
// percentage points, with its standard error. For the ghost's hit stands its probability: that is the mean over all ghosts.
type advantage struct{ n, sum, squares float64 }

func (a *advantage) add(guess, has bool, p float64) {
	ghost := 1 - p
	if guess {
		ghost = p
	}
	d := -ghost
	if guess == has {
		d++
	}
	a.n, a.sum, a.squares = a.n+1, a.sum+d, a.squares+d*d
}

func (a *advantage) points() float64 { return 100 * a.sum / a.n }
func (a *advantage) by() float64 {
	mean := a.sum / a.n
	return 100 * math.Sqrt((a.squares/a.n-mean*mean)/a.n)
}

// gain is how much more often guesses are right than those of somebody who knows p and nothing else.
func (a *advantage) gain(guess, has bool, p float64) {
	d := -max(p, 1-p)
	if guess == has {
		d++
	}
	a.n, a.sum, a.squares = a.n+1, a.sum+d, a.squares+d*d
}

// upper is the end of a one-sided interval of 95 per cent.
func (a *advantage) upper() float64 { return a.points() + 1.645*a.by() }

func (a *advantage) String() string {
	return fmt.Sprintf("%6.0f %7.2f %7.2f", a.n, a.points(), a.upper())
}

// TestGameA asks what a release tells of a target beyond what is true of people like him.
func TestGameA(t *testing.T) {
	t.Parallel()
	kelurahan, worlds := 7, 1
	if long {
		kelurahan, worlds = 42, 4
	}
	g := newGame(t, 1, kelurahan)
	var overall, gains [strategies]advantage
	var byAttribute [strategies][]advantage
	var byDecile [strategies][11]advantage
	for s := range overall {
		byAttribute[s] = make([]advantage, len(sensitives))
	}
	for n := range worlds {
		world, players := g.deal(uint64(n), false)
		w := setup{editions: []city{world}, secret: fmt.Sprint("world ", n), trees: g.frozen}.start(t)
		if shown := g.control(w.client(t, planner), players); shown < 10 {
			t.Fatalf("asking a planner's server for single houses gives %.2f points: the attack proves nothing", shown)
		}
		r := w.client(t, partner).release(g.blocks, true)
		for _, trial := range g.guess(&r, players) {
			for s, guess := range trial.guesses {
				overall[s].add(guess, trial.has, trial.p)
				gains[s].gain(guess, trial.has, trial.p)
				byAttribute[s][trial.attribute].add(guess, trial.has, trial.p)
				byDecile[s][trial.decile].add(guess, trial.has, trial.p)
			}
		}
	}
	var report strings.Builder
	fmt.Fprintf(&report, "Game A: what a release adds to what is true of people like the target\n%-24s %-26s trials  points  upper\n", "attacker", "attribute")
	for s := range overall {
		fmt.Fprintf(&report, "%-24s %-26s %s\n", strategyNames[s], "all", &overall[s])
		fmt.Fprintf(&report, "%-24s %-26s %s\n", "", "more often right than p", &gains[s])
		for x := range sensitives {
			fmt.Fprintf(&report, "%-24s %-26s %s\n", "", sensitives[x].name, &byAttribute[s][x])
		}
		for d := 1; d <= 10; d++ {
			fmt.Fprintf(&report, "%-24s decile %-19d %s\n", "", d, &byDecile[s][d])
		}
	}
	publish(t, "game-a", report.String())
	best := 0
	for s := range gains {
		if gains[s].points() > gains[best].points() {
			best = s
		}
	}
	check := func(what string, a *advantage) {
		limit := float64(mostAdvantage)
		if !long {
			limit += 1.645 * a.by() // a sample is as likely above its mean as below
		}
		if a.upper() > limit {
			t.Errorf("%s: %.2f points ± %.2f, at most %.2f in 95 %% of cases; the bound is %.2f", what, a.points(), a.by(), a.upper(), limit)
		}
	}
	for s := range gains {
		check(strategyNames[s]+", more often right than p", &gains[s])
	}
	check(strategyNames[best]+", target against ghost", &overall[best])
}

// control is the advantage of asking for the target's house alone.
func (g *game) control(c client, players []player) float64 {
	var a advantage
	for x, s := range sensitives {
		filters := make([]m, len(players))
		for i, p := range players {
			at := p.household.Point.Point()
			filters[i] = both(box(at[0]-metre, at[1]-metre, at[0]+metre, at[1]+metre), deciles(p.household.Decile, p.household.Decile), s.is())
		}
		for i, f := range c.counts(filters...) {
			a.add(f.known() && *f.Value > 0, players[i].has[x], players[i].p[x])
		}
	}
	return a.points()
}

// publish logs a table, and a long run keeps it in ci-output at the top of the checkout.
func publish(t *testing.T, name, table string) {
	t.Helper()
	t.Log("\n" + table)
	if !long {
		return
	}
	output, err := filepath.Abs("../../ci-output")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(output, 0o755); err != nil {
		t.Fatal(err)
	}
	reporting.Lock()
	defer reporting.Unlock()
	reports[name] = table
	var all strings.Builder
	for _, name := range []string{"game-a", "membership", "game-b"} {
		all.WriteString(reports[name])
	}
	if err := os.WriteFile(filepath.Join(output, "attacks.txt"), []byte(all.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

var (
	reporting sync.Mutex
	reports   = map[string]string{}
)
