package pockets

import "context"

// watch looks at the context, and tells of progress, once in a while.
type watch struct {
	ctx         context.Context
	progress    func(done, total int)
	done, total int   // cells, each counted twice, and one for the rest
	credit      int   // comparisons until it looks again
	stopped     error // why the work is to end
}

// Some milliseconds of work.
const comparisonsBetweenLooks = 1 << 20

func (w *watch) finished() error {
	w.done = w.total
	w.look()
	return w.stopped
}

func (w *watch) cellDone() {
	w.done++
	w.compared(64) // about what it costs to find the cells around one
}

func (w *watch) compared(n int) {
	if w.credit -= n; w.credit <= 0 && w.stopped == nil {
		w.look()
	}
}

func (w *watch) look() {
	w.credit = comparisonsBetweenLooks
	if w.progress != nil {
		w.progress(w.done, w.total)
	}
	w.stopped = w.ctx.Err()
}

// lookEvery is the context's error once in a while of work that counts in single steps, well below a millisecond of it.
func lookEvery(ctx context.Context, step int) error {
	if step%(1<<14) != 0 {
		return nil
	}
	return ctx.Err()
}
