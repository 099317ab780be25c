// Package keep holds what was made and is likely to be asked for again.
package keep

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"
)

// Keeper keeps what was made under a key, bounded by number and bytes: what was asked for longest ago goes first. A key says
// what a thing follows from, so none is ever out of date, and a publication makes new keys. Errors are not kept.
type Keeper[V any] struct {
	most, largest int64 // bytes of all, and of one
	size          func(V) int64

	making singleflight.Group
	mu     sync.Mutex
	bytes  int64
	list   *lru.Cache[string, V]
}

// overheadBytes is about what a key costs beside itself and what it stands for.
const overheadBytes = 512

// New makes one of so many things, of so many bytes all together, none of more than the largest.
func New[V any](number int, most, largest int64, size func(V) int64) *Keeper[V] {
	k := &Keeper[V]{most: most, largest: largest, size: size}
	list, err := lru.NewWithEvict(number, func(key string, v V) { k.bytes -= k.sizeOf(key, v) })
	if err != nil {
		panic(err) // only for a size below 1
	}
	k.list = list
	return k
}

func (k *Keeper[V]) sizeOf(key string, v V) int64 { return int64(len(key)) + k.size(v) + overheadBytes }

// Get gives what is kept under a key, or makes it, once for all who ask at the same time; without a key it is made and not
// kept. Whoever leaves lets the others have it, but nobody has longer than who came first.
func (k *Keeper[V]) Get(ctx context.Context, key string, make func(context.Context) (V, error)) (V, error) {
	if key == "" {
		return make(ctx)
	}
	if kept, ok := k.find(key); ok {
		return kept, nil
	}
	made := k.making.DoChan(key, func() (_ any, err error) {
		defer func() { // a panic would end the program: no request stands above this goroutine to answer for it
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		if kept, ok := k.find(key); ok { // made by others since it was looked for
			return kept, nil
		}
		making := context.WithoutCancel(ctx)
		if end, bounded := ctx.Deadline(); bounded {
			var cancel context.CancelFunc
			making, cancel = context.WithDeadline(making, end)
			defer cancel()
		}
		v, err := make(making)
		if err != nil {
			return nil, err
		}
		k.keep(key, v)
		return v, nil
	})
	var none V
	select {
	case <-ctx.Done():
		return none, ctx.Err()
	case r := <-made:
		v, _ := r.Val.(V)
		return v, r.Err
	}
}

func (k *Keeper[V]) find(key string) (V, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.list.Get(key)
}

func (k *Keeper[V]) keep(key string, v V) {
	size := k.sizeOf(key, v)
	if size > k.largest {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.list.Contains(key) {
		return
	}
	k.list.Add(key, v)
	k.bytes += size
	for k.bytes > k.most {
		k.list.RemoveOldest()
	}
}
