package changes

import (
	"context"
	"sync"
)

// changeID names a change: ids of two keys don't meet.
type changeID struct{ key, client string }

// turns lets one caller at a time work on a change. The zero value is ready.
type turns struct {
	mu    sync.Mutex
	taken map[changeID]chan struct{} // closed when the caller is done
}

// take waits until nobody works on the change, or ctx ends. The caller calls done at the end of its turn.
func (t *turns) take(ctx context.Context, id changeID) (done func(), err error) {
	for {
		other := t.tryTake(id)
		if other == nil {
			return func() { t.leave(id) }, nil
		}
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// tryTake takes the turn, or gives what is closed when whoever has it is done.
func (t *turns) tryTake(id changeID) (other <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if taken, ok := t.taken[id]; ok {
		return taken
	}
	if t.taken == nil {
		t.taken = map[changeID]chan struct{}{}
	}
	t.taken[id] = make(chan struct{})
	return nil
}

func (t *turns) leave(id changeID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.taken[id])
	delete(t.taken, id)
}
