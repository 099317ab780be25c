package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"kantong/internal/keep"
)

// answers keeps what was drawn under its name, which says what an answer follows from.
type answers struct{ *keep.Keeper[*drawn] }

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
)

func newAnswers() answers {
	// The compressed forms are counted as if they were there: they are smaller than what they are of.
	return answers{keep.New(keptAnswerNumber, keptAnswerBytes, largestKeptAnswer, func(d *drawn) int64 { return int64(2 * len(d.plain)) })}
}

// get gives what is kept under a key, or makes it: see keep.Keeper.
func (a answers) get(ctx context.Context, key string, make func(context.Context) ([]byte, error)) (*drawn, error) {
	return a.getOf(ctx, key, func(ctx context.Context) ([]byte, []string, error) {
		body, err := make(ctx)
		return body, nil, err
	})
}

// getOf is get of what tells from which states it was made.
func (a answers) getOf(ctx context.Context, key string, make func(context.Context) ([]byte, []string, error)) (*drawn, error) {
	return a.Keeper.Get(ctx, key, func(ctx context.Context) (*drawn, error) {
		body, states, err := make(ctx)
		if err != nil {
			return nil, err
		}
		return newDrawn(body, states), nil
	})
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

// write answers in the best encoding that the client takes.
func (d *drawn) write(w http.ResponseWriter, r *http.Request, contentType string) {
	h := w.Header()
	if len(d.plain) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.Set("Content-Type", contentType)
	encoding, body := d.best(r.Header.Get("Accept-Encoding"))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if tag := h.Get("ETag"); tag != "" && encoding != "" { // other bytes have another strong tag
		h.Set("ETag", strings.TrimSuffix(tag, `"`)+"-"+encoding+`"`)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

func (d *drawn) done() {}

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
