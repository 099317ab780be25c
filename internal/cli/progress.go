package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows that something long is under way: after two seconds a bar on a terminal, elsewhere a line every ten.
type progress struct {
	out      io.Writer
	terminal bool
	started  time.Time
	what     string
	bar      *progressbar.ProgressBar
	line     time.Time
}

const (
	progressAfter = 2 * time.Second
	progressEvery = 10 * time.Second
)

func (p *program) progress(what string) *progress {
	f, ok := p.stderr.(*os.File)
	return &progress{out: p.stderr, terminal: ok && term.IsTerminal(int(f.Fd())), started: time.Now(), what: what}
}

// show says how far it is; total 0 is unknown. Units of bytes are written as such.
func (g *progress) show(unit string, done, total int64) {
	now := time.Now()
	switch {
	case now.Sub(g.started) < progressAfter:
	case g.terminal:
		if g.bar == nil {
			if total == 0 {
				total = -1
			}
			if unit != "" {
				unit = " (" + unit + ")"
			}
			g.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(g.out), progressbar.OptionSetDescription(g.what+unit),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
		}
		_ = g.bar.Set64(done)
	case now.Sub(g.line) >= progressEvery:
		g.line = now
		switch {
		case done == 0 && total == 0:
			fmt.Fprintf(g.out, "%s …\n", g.what)
		case unit == "%" || total == 0:
			fmt.Fprintf(g.out, "%s: %s %s\n", g.what, humanize.Comma(done), unit)
		default:
			fmt.Fprintf(g.out, "%s: %s of %s %s\n", g.what, humanize.Comma(done), humanize.Comma(total), unit)
		}
	}
}

// step says how far a step of the whole is; total 0 is unknown. Each step has a bar of its own.
func (g *progress) step(what string, done, total int64) {
	if g.what != what {
		g.done()
		g.bar, g.what = nil, what
	}
	unit := ""
	if total > 0 {
		unit, done, total = "%", 100*done/total, 100
	}
	g.show(unit, done, total)
}

func (g *progress) done() {
	if g.bar != nil {
		_ = g.bar.Finish()
	}
}
