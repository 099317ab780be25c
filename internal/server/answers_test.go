package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// maker makes a body and counts how often.
type maker struct {
	made atomic.Int64
	body []byte
	err  error
}

func (m *maker) make(context.Context) ([]byte, error) {
	m.made.Add(1)
	return m.body, m.err
}

func TestAnswersAreMadeOnce(t *testing.T) {
	a := newAnswers()
	for _, c := range []struct {
		name, key string
		maker     *maker
		made      int64
	}{
		{"kept", "a", &maker{body: []byte("text")}, 1},
		{"nothing to be seen is kept, too", "b", &maker{}, 1},
		{"not kept without a key", "", &maker{body: []byte("text")}, 3},
		{"an error is not kept", "c", &maker{err: errors.New("no")}, 3},
		{"an error without a key", "", &maker{err: errors.New("no")}, 3},
		{"too large", "d", &maker{body: make([]byte, largestKeptAnswer)}, 3},
	} {
		for range 3 {
			d, err := a.get(t.Context(), c.key, c.maker.make)
			if err != c.maker.err || err == nil && !bytes.Equal(d.plain, c.maker.body) {
				t.Errorf("%s: %v, %v", c.name, d, err)
			}
		}
		if n := c.maker.made.Load(); n != c.made {
			t.Errorf("%s: made %d times, want %d", c.name, n, c.made)
		}
	}
}

// TestAnswersTogether: whoever asks while an answer is made waits for it, and it goes on being made when the first one leaves.
func TestAnswersTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, m, release := newAnswers(), &maker{body: []byte("text")}, make(chan struct{})
		slow := func(ctx context.Context) ([]byte, error) {
			<-release
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return m.make(ctx)
		}
		first, leave := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			if d, err := a.get(first, "a", slow); !errors.Is(err, context.Canceled) || d != nil {
				t.Errorf("who left was told %v, %v", d, err)
			}
		})
		synctest.Wait()
		for range 20 {
			group.Go(func() {
				if d, err := a.get(t.Context(), "a", slow); err != nil || string(d.plain) != "text" {
					t.Errorf("%v, %v", d, err)
				}
			})
		}
		synctest.Wait()
		leave()
		synctest.Wait()
		close(release)
		group.Wait()
		if n := m.made.Load(); n != 1 {
			t.Errorf("made %d times", n)
		}
	})
}

// TestAnswersEnd: nothing is made for longer than who asked would wait, and what breaks tells so instead of ending the program.
func TestAnswersEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAnswers()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		ended := make(chan error, 1)
		_, err := a.get(ctx, "a", func(ctx context.Context) ([]byte, error) {
			<-ctx.Done()
			ended <- ctx.Err()
			return nil, ctx.Err()
		})
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(<-ended, context.DeadlineExceeded) {
			t.Errorf("the time is over: %v", err)
		}
		synctest.Wait()
		if d, err := a.get(t.Context(), "a", func(context.Context) ([]byte, error) { return []byte("x"), nil }); err != nil || string(d.plain) != "x" {
			t.Errorf("after that: %v, %v", d, err)
		}
	})
	a := newAnswers()
	_, err := a.get(t.Context(), "b", func(context.Context) ([]byte, error) { panic("broken") })
	if err == nil || !strings.Contains(err.Error(), "broken") || !strings.Contains(err.Error(), "answers_test.go") {
		t.Errorf("a panic gives %v", err)
	}
	if d, err := a.get(t.Context(), "b", func(context.Context) ([]byte, error) { return []byte("x"), nil }); err != nil || string(d.plain) != "x" {
		t.Errorf("after that: %v, %v", d, err)
	}
}

func TestTakes(t *testing.T) {
	for _, c := range []struct {
		accepted string
		want     bool
	}{
		{"gzip", true}, {"GZip", true}, {"br, gzip", true}, {"gzip;q=1", true}, {"gzip; q=0.001", true}, {"deflate;q=0, gzip;q=0.5", true}, {"gzip ; Q=1.0", true},
		{"", false}, {"br", false}, {"gzip;q=0", false}, {"gzip; q=0.000", false}, {"gzip;Q=0.", false}, {"xgzip", false}, {"gzipx", false}, {"identity", false},
	} {
		if got := takes(c.accepted, "gzip"); got != c.want {
			t.Errorf("%q takes gzip: %t", c.accepted, got)
		}
	}
}

// TestSmallAnswers are not compressed: it would make them larger.
func TestSmallAnswers(t *testing.T) {
	for n, want := range map[int]string{smallestCompressed - 1: "", smallestCompressed: "zstd"} {
		r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
		r.Header.Set("Accept-Encoding", "zstd")
		newDrawn(make([]byte, n), nil).write(w, r, "text/plain")
		if got := w.Header().Get("Content-Encoding"); got != want || w.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
			t.Errorf("%d bytes are answered with %q: %v", n, got, w.Header())
		}
	}
}

func BenchmarkKeptAnswer(b *testing.B) {
	a, m := newAnswers(), &maker{body: make([]byte, 40_000)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.get(b.Context(), "0123456789abcdef0123456789abcdef", m.make); err != nil {
			b.Fatal(err)
		}
	}
	if m.made.Load() != 1 {
		b.Fatalf("made %d times", m.made.Load())
	}
}
