package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/singleflight"
)

// answers keeps what was drawn under its name, bounded by bytes: the one that was asked for longest ago goes first. A name
// says what an answer follows from, so none is ever out of date, and a publication makes new names. Errors are not kept.
type answers struct {
	most int64

	making singleflight.Group
	mu     sync.Mutex
	bytes  int64
	list   *lru.Cache[string, *drawn]
}

// drawn is an answer with its compressed forms, made when first asked for.
type drawn struct {
	plain      []byte // empty: nothing to be seen
	gzip, zstd func() []byte
	states     []string // that it was made from, where a door wants to know
}

// Bounds of what is kept: of all answers together in bytes, of their number, and of one.
const (
	keptAnswerBytes   = 64 << 20
	keptAnswerNumber  = 1 << 16
	largestKeptAnswer = 4 << 20
	overheadBytes     = 512
)

func newAnswers() *answers {
	a := &answers{most: keptAnswerBytes}
	list, err := lru.NewWithEvict(keptAnswerNumber, func(key string, d *drawn) { a.bytes -= sizeOf(key, d) })
	if err != nil {
		panic(err) // only for a size below 1
	}
	a.list = list
	return a
}

// sizeOf counts the compressed forms as if they were there: they are smaller than what they are of.
func sizeOf(key string, d *drawn) int64 { return int64(len(key)+2*len(d.plain)) + overheadBytes }

// get gives what is kept under a key, or makes it, once for all who ask at the same time; without a key it is made and not
// kept. Whoever leaves lets the others have it, but nobody has longer than who came first.
func (a *answers) get(ctx context.Context, key string, make func(context.Context) ([]byte, error)) (*drawn, error) {
	return a.getOf(ctx, key, func(ctx context.Context) ([]byte, []string, error) {
		body, err := make(ctx)
		return body, nil, err
	})
}

// getOf is get of what tells from which states it was made.
func (a *answers) getOf(ctx context.Context, key string, make func(context.Context) ([]byte, []string, error)) (*drawn, error) {
	if key == "" {
		body, states, err := make(ctx)
		return newDrawn(body, states), err
	}
	if kept, ok := a.find(key); ok {
		return kept, nil
	}
	made := a.making.DoChan(key, func() (_ any, err error) {
		defer func() { // a panic would end the program: no request stands above this goroutine to answer for it
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		if kept, ok := a.find(key); ok { // made by others since it was looked for
			return kept, nil
		}
		making := context.WithoutCancel(ctx)
		if end, bounded := ctx.Deadline(); bounded {
			var cancel context.CancelFunc
			making, cancel = context.WithDeadline(making, end)
			defer cancel()
		}
		body, states, err := make(making)
		if err != nil {
			return nil, err
		}
		d := newDrawn(body, states)
		a.keep(key, d)
		return d, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-made:
		d, _ := r.Val.(*drawn)
		return d, r.Err
	}
}

func (a *answers) find(key string) (*drawn, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.list.Get(key)
}

func (a *answers) keep(key string, d *drawn) {
	size := sizeOf(key, d)
	if size > largestKeptAnswer {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.list.Contains(key) {
		return
	}
	a.list.Add(key, d)
	a.bytes += size
	for a.bytes > a.most {
		a.list.RemoveOldest()
	}
}

func newDrawn(body []byte, states []string) *drawn {
	return &drawn{body, sync.OnceValue(func() []byte { return gzipped(body) }), sync.OnceValue(func() []byte { return zstandard(body) }), states}
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// zstandards is one encoder for all: it is safe for concurrent use.
var zstandards = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err) // only for wrong options
	}
	return e
})

func zstandard(body []byte) []byte { return zstandards().EncodeAll(body, nil) }

// smallestCompressed is from how many bytes on compressing pays.
const smallestCompressed = 512

// write answers in the best encoding that the client takes.
func (d *drawn) write(w http.ResponseWriter, r *http.Request, contentType string) {
	h := w.Header()
	if len(d.plain) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.Set("Content-Type", contentType)
	encoding, body := d.best(r.Header.Get("Accept-Encoding"))
	if encoding != "" { // other bytes have another strong tag
		h.Set("Content-Encoding", encoding)
		h.Set("ETag", strings.TrimSuffix(h.Get("ETag"), `"`)+"-"+encoding+`"`)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

// best is the smallest form that a client takes.
func (d *drawn) best(accepted string) (encoding string, body []byte) {
	switch {
	case len(d.plain) < smallestCompressed:
		return "", d.plain
	case takes(accepted, "zstd"):
		return "zstd", d.zstd()
	case takes(accepted, "gzip"):
		return "gzip", d.gzip()
	}
	return "", d.plain
}

// takes tells whether a client accepts an encoding: it is listed, and not with a weight of 0.
func takes(accepted, encoding string) bool {
	for one := range strings.SplitSeq(accepted, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			weight = strings.ReplaceAll(strings.ToLower(weight), " ", "")
			return strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || !strings.HasPrefix(weight, "q=")
		}
	}
	return false
}
