package ingest

// aheadRows is how many items one goroutine hands to the next at once; three such batches are in use.
const aheadRows = 256

// lane takes items from the goroutine that makes them to that which makes use of them, some batches later: making households of rows
// takes as long as all that is done with them. Their memory is used again.
type lane[T any] struct {
	full, empty chan []T
	stop        chan struct{}
	batch       []T // that is being filled
}

// ahead calls fill in a goroutine of its own, and gives what it puts into slots, in order. That goroutine has ended when the sequence has,
// also when it is broken off. What yield gets is overwritten afterwards.
func ahead[T any](fill func(l *lane[T])) func(yield func(*T) bool) {
	return func(yield func(*T) bool) {
		l := &lane[T]{full: make(chan []T, 1), empty: make(chan []T, 3), stop: make(chan struct{})}
		for range cap(l.empty) {
			l.empty <- make([]T, 0, aheadRows)
		}
		go func() {
			defer close(l.full)
			fill(l)
			l.send()
		}()
		defer func() {
			close(l.stop)
			for range l.full { // until it is closed
			}
		}()
		for batch := range l.full {
			for i := range batch {
				if !yield(&batch[i]) {
					return
				}
			}
			l.empty <- batch[:0]
		}
	}
}

// slot gives the place of the next item, which is to be filled before slot is called again; nil when nobody takes more.
func (l *lane[T]) slot() *T {
	if len(l.batch) == cap(l.batch) && !l.send() {
		return nil
	}
	l.batch = l.batch[:len(l.batch)+1]
	return &l.batch[len(l.batch)-1]
}

// send hands the batch over, if there is one, and begins another.
func (l *lane[T]) send() bool {
	if l.batch != nil {
		select {
		case l.full <- l.batch:
		case <-l.stop:
			return false
		}
	}
	select {
	case l.batch = <-l.empty:
		return true
	case <-l.stop:
		return false
	}
}
