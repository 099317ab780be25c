package postgis

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"kantong/internal/registry"
)

// terminate ends all other connections to the store's database that are in a transaction.
func terminate(t testing.TB, s *Store) {
	t.Helper()
	run(t, s, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'")
}

// TestConnectionLostWhilePublishing ends the connection in the middle: nothing of the publication is there, and it succeeds
// when tried again.
func TestConnectionLostWhilePublishing(t *testing.T) {
	url := freshDatabase(t)
	s, killer := openStore(t, url), openStore(t, url)
	c := cityContents(41, 300)
	if err := c.put(t.Context(), s, "e"); err != nil {
		t.Fatal(err)
	}
	before := tables(t, killer)
	options := registry.PublishOptions{Secrets: testSecrets, Now: testTime}
	options.Progress = func(int64) { terminate(t, killer) }
	_, err := s.Publish(t.Context(), "e", "", options)
	wantCode(t, "Publish", err, registry.CodeUnavailable)
	if after := tables(t, killer); after != before {
		t.Errorf("tables before: %s\nafter: %s", before, after)
	}
	if e := editions(t, s)[0]; e.PublishedAt != nil || e.ContentHash != "" || e.Releases[0].PublishedAt != nil {
		t.Errorf("after a publication that failed: %+v", e)
	}
	options.Progress = nil
	if _, err := s.Publish(t.Context(), "e", "", options); err != nil {
		t.Errorf("the second time: %v", err)
	}
}

// TestConnectionLostWhileLoading ends the connection in the middle of a file.
func TestConnectionLostWhileLoading(t *testing.T) {
	url := freshDatabase(t)
	s, killer := openStore(t, url), openStore(t, url)
	c := cityContents(42, 50)
	if err := c.put(t.Context(), s, "e"); err != nil {
		t.Fatal(err)
	}
	before := tables(t, killer)
	for _, more := range []bool{false, true} {
		var loading iter.Seq2[registry.Household, error] = func(yield func(registry.Household, error) bool) {
			n := 0
			for h := range many(c.households, 20_000) {
				if n++; n == 10_000 {
					terminate(t, killer)
				}
				if !yield(h, nil) {
					return
				}
			}
		}
		err := s.PutHouseholds(t.Context(), "e", &registry.Import{Append: more}, loading)
		wantCode(t, "PutHouseholds", err, registry.CodeUnavailable)
	}
	if after := tables(t, killer); after != before {
		t.Errorf("tables before: %s\nafter: %s", before, after)
	}
	if got := len(collect(t, s.Households(t.Context(), "e"))); got != len(c.households) {
		t.Errorf("%d households, want %d", got, len(c.households))
	}
}

// TestConnectionLostAtCommit breaks the connection when the server has the commit but the client has no answer: the
// caller learns that it is stored.
func TestConnectionLostAtCommit(t *testing.T) {
	direct := freshDatabase(t)
	proxy := startProxy(t, direct)
	s := openStore(t, proxy.url)
	proxy.cutAtCommit.Store(true)
	if err := s.CreateEdition(t.Context(), registry.Edition{ID: "e"}); err != nil {
		t.Errorf("stored, but the caller hears: %v", err)
	}
	if proxy.cutAtCommit.Load() {
		t.Error("no commit was seen")
	}
	if list := editions(t, openStore(t, direct)); len(list) != 1 {
		t.Errorf("editions %+v", list)
	}

	proxy.loseCommit.Store(true)
	err := s.CreateEdition(t.Context(), registry.Edition{ID: "f"})
	wantCode(t, "a commit that never came", err, registry.CodeUnavailable)
	if proxy.loseCommit.Load() {
		t.Error("no commit was seen")
	}
	if list := editions(t, s); len(list) != 1 {
		t.Errorf("editions %+v", list)
	}
}

// proxy stands between a client and the server.
type proxy struct {
	url                     string
	server                  string
	cutAtCommit, loseCommit atomic.Bool // for one commit
}

func startProxy(t *testing.T, server string) *proxy {
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{server: u.Host}
	u.Host = listener.Addr().String()
	p.url = u.String()
	var connections sync.WaitGroup
	connections.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Go(func() { p.forward(client) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		connections.Wait()
	})
	return p
}

func (p *proxy) forward(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer server.Close()
	go func() {
		defer client.Close()
		defer server.Close()
		copyUntil(client, server, func([]byte) bool { return false })
	}()
	copyUntil(server, client, func(data []byte) bool {
		if !bytes.Contains(data, []byte("commit")) {
			return false
		}
		if p.loseCommit.CompareAndSwap(true, false) {
			return true
		}
		if !p.cutAtCommit.CompareAndSwap(true, false) {
			return false
		}
		client.Close()
		_, _ = server.Write(data)
		_, _ = server.Read(make([]byte, 1)) // the server has answered
		return true
	})
}

// copyUntil copies what it reads until stop says so.
func copyUntil(to, from net.Conn, stop func(data []byte) bool) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil || stop(buf[:n]) {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// tables lists what stands in the schema, with the number of rows of drafts.
func tables(t testing.TB, s *Store) (list string) {
	t.Helper()
	err := s.pool.QueryRow(t.Context(), `SELECT string_agg(relname || ' ' || relispartition, ', ' ORDER BY relname)
		|| (SELECT '; enrolments ' || count(*) FROM kantong.draft_enrolment) FROM pg_class WHERE relnamespace = 'kantong'::regnamespace`).Scan(&list)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func editions(t testing.TB, s *Store) []registry.Edition {
	t.Helper()
	list, err := s.Editions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func wantCode(t testing.TB, what string, err error, code registry.Code) {
	t.Helper()
	var e *registry.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("%s: %v, want %s", what, fmt.Sprint(err), code)
	}
}
