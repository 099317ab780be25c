package server_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"kantong/internal/registry"
)

const perKelurahan = `{ areas(filter: {level: KELURAHAN}) { edges { node { code name summary { households { value status } people { value } } } } } }`

// TestKeptQueriesAreTheSame asks every golden query by GET, again, and by POST, as those whose answers are kept: all three are
// equal to the byte, the second asks no engine, and each question with a key is in the log.
func TestKeptQueriesAreTheSame(t *testing.T) {
	m := newMapServer(t)
	paths, err := filepath.Glob("../../graph/testdata/golden/*/query.graphql")
	if err != nil || len(paths) < 10 {
		t.Fatalf("%d golden queries, %v", len(paths), err)
	}
	named := map[string]int{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		variables, err := os.ReadFile(filepath.Join(filepath.Dir(path), "variables.json"))
		if err != nil {
			variables = []byte("null")
		}
		name := filepath.Base(filepath.Dir(path))
		for _, key := range []string{"", "partner"} {
			body, err := json.Marshal(map[string]any{"query": string(text), "variables": json.RawMessage(variables)})
			if err != nil {
				t.Fatal(err)
			}
			address := "/graphql" + query("query", string(text), "variables", string(variables))
			written := len(m.books.entries)
			first, made := m.get(t, key, address)
			calls := m.engine.calls.Load()
			second, kept := m.get(t, key, address)
			again := m.engine.calls.Load() - calls
			posted := m.post(t, key, string(body))
			if made != kept || made != posted {
				t.Errorf("%s as %q: made, kept and posted are\n%s\n%s\n%s", name, key, made, kept, posted)
			}
			if n := len(m.books.entries) - written; key == "partner" && n != 3 {
				t.Errorf("%s: %d of 3 questions are in the log", name, n)
			}
			wrong := strings.Contains(made, `"errors"`)
			if tag := first.Header.Get("ETag"); tag == "" != wrong || wrong != (first.Header.Get("Cache-Control") == "no-store") && tag != "" {
				t.Errorf("%s as %q: named %q, %s, errors %v", name, key, tag, first.Header.Get("Cache-Control"), wrong)
			}
			if !wrong {
				named[key]++
				if first.Header.Get("ETag") != second.Header.Get("ETag") || again != 0 {
					t.Errorf("%s as %q: named %s and %s, the second answer took %d calls", name, key, first.Header.Get("ETag"), second.Header.Get("ETag"), again)
				}
			}
		}
	}
	for key, n := range named {
		if n < 6 {
			t.Errorf("%d questions of %q have names", n, key)
		}
	}
	entries := m.books.entries
	if a, b := entries[len(entries)-2], entries[len(entries)-1]; a.SHA256 != b.SHA256 || !slices.Equal(a.States, b.States) || !slices.Equal(a.Fields, b.Fields) || a.Action != b.Action || a.Purpose != b.Purpose {
		t.Errorf("a kept answer is logged as\n%+v, one that was made as\n%+v", a, b)
	}
}

// TestNamesOfQueries: who has an answer is told so without its being made, until something is published.
func TestNamesOfQueries(t *testing.T) {
	m := newMapServer(t)
	address := "/graphql" + query("query", perKelurahan)
	names := map[string]string{}
	for _, key := range []string{"", "partner", "other partner", "auditor", "planner"} {
		resp, _ := m.get(t, key, address)
		names[key] = resp.Header.Get("ETag")
		want := "private, no-cache"
		if key == "" {
			want = "public, no-cache"
		}
		if resp.Header.Get("Cache-Control") != want || resp.Header.Get("Content-Type") != "application/json" || names[key] == "" {
			t.Errorf("%q: %v", key, resp.Header)
		}
		for _, vary := range []string{"Accept", "Authorization", "Accept-Encoding"} {
			if !slices.Contains(resp.Header.Values("Vary"), vary) {
				t.Errorf("%q: no Vary: %s", key, vary)
			}
		}
		calls, written := m.engine.calls.Load(), len(m.books.entries)
		if resp, text := m.get(t, key, address, "If-None-Match", `"x", W/`+names[key]); resp.StatusCode != http.StatusNotModified || text != "" || resp.Header.Get("ETag") != names[key] || m.engine.calls.Load() != calls || len(m.books.entries) != written {
			t.Errorf("%q has it: %d %s", key, resp.StatusCode, text)
		}
	}
	if names[""] == names["partner"] || names["partner"] == names["planner"] || names[""] == names["auditor"] {
		t.Errorf("roles share a name: %v", names)
	}
	calls := m.engine.calls.Load()
	if m.get(t, "planner", address); m.engine.calls.Load() == calls {
		t.Error("a planner's answer was kept")
	}
	for what, other := range map[string]string{
		"another media type": "", "another operation": query("query", "query a "+perKelurahan+" query b { edition { id } }", "operationName", "a"),
		"a citation": query("query", perKelurahan, "extensions", `{"kantong": {"cite": true}}`), "another text": query("query", perKelurahan+" "),
	} {
		resp, _ := m.get(t, "", "/graphql"+other)
		if other == "" {
			resp, _ = m.get(t, "", address, "Accept", "application/graphql-response+json")
		}
		if tag := resp.Header.Get("ETag"); tag == "" || tag == names[""] {
			t.Errorf("%s is named %q", what, tag)
		}
	}
	sum := sha256.Sum256([]byte(perKelurahan))
	persisted := `{"persistedQuery": {"version": 1, "sha256Hash": "` + hex.EncodeToString(sum[:]) + `"}}`
	if resp, text := m.get(t, "", "/graphql"+query("extensions", persisted)); resp.Header.Get("ETag") != "" || !strings.Contains(text, "PersistedQueryNotFound") {
		t.Errorf("a query that is not known: %v %s", resp.Header, text)
	}
	m.get(t, "", "/graphql"+query("query", perKelurahan, "extensions", persisted))
	if resp, _ := m.get(t, "", "/graphql"+query("extensions", persisted)); resp.Header.Get("ETag") != names[""] {
		t.Errorf("a persisted query is named %s, by its text %s", resp.Header.Get("ETag"), names[""])
	}

	m.source.version.Add(1)
	if err := m.gate.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for key, name := range names {
		if resp, text := m.get(t, key, address, "If-None-Match", name); resp.StatusCode != 200 || resp.Header.Get("ETag") == name || !strings.Contains(text, `"dataVersion":"v1"`) {
			t.Errorf("%q after a publication: %d %v", key, resp.StatusCode, resp.Header)
		}
	}
}

// TestQueriesWithoutAName are answered as before: they change by themselves, show rows, or are no answers.
func TestQueriesWithoutAName(t *testing.T) {
	m := newMapServer(t)
	for _, q := range []string{
		`{ viewer { role } }`, `{ edition { id } viewer { role } }`, `query { ...f } fragment f on Query { viewer { role } }`, `{ auditHead { text } }`,
		`{ households(first: 1) { edges { node { id } } } }`, `{ unreached(program: "AB") { totalCount } }`, `{ node(id: "x") { id } }`,
		`{ areas(first: 1) { edges { node { households(first: 1) { totalCount } } } } }`, `{ area(code: "19.71") { ...f } } fragment f on Area { children { ... on Area { households { pageInfo { hasNextPage } } } } }`,
		`{ edition(id: "nope") { id } }`, `{ ok: edition { id } wrong: edition(id: "nope") { id } }`, `{ nope }`, `{ area(code: "x") { name } }`, `mutation { discardEdition(edition: "x", clientId: "12345678") { discarded } }`,
	} {
		for _, key := range []string{"", "partner", "planner"} {
			resp, text := m.get(t, key, "/graphql"+query("query", q), "If-None-Match", "*", "Kantong-Purpose", "a test")
			control := resp.Header.Get("Cache-Control")
			if resp.Header.Get("ETag") != "" || key != "" && !strings.Contains(control, "no-store") || key == "" && control != "no-cache" && control != "no-store" || text == "" {
				t.Errorf("%s as %q: %d %v", q, key, resp.StatusCode, resp.Header)
			}
		}
	}
	few := `{ pockets(minHouseholds: 1, radiusMeters: 20) { households { value } } }`
	resp, text := m.get(t, "planner", "/graphql"+query("query", few), "Kantong-Purpose", "a test")
	if strings.Contains(text, "errors") || resp.Header.Get("ETag") != "" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("groups of few households: %v %.300s", resp.Header, text)
	}
}

// TestEncodingsOfQueries: each encoding has a name of its own, and nothing is compressed twice.
func TestEncodingsOfQueries(t *testing.T) {
	m := newMapServer(t)
	_, plain := m.get(t, "", "/graphql"+query("query", perKelurahan))
	opened := map[string]func(io.Reader) io.Reader{
		"gzip": func(r io.Reader) io.Reader { z, _ := gzip.NewReader(r); return z },
		"zstd": func(r io.Reader) io.Reader { z, _ := zstd.NewReader(r); return z },
	}
	for encoding, open := range opened {
		resp, text := m.get(t, "", "/graphql"+query("query", perKelurahan), "Accept-Encoding", encoding+", deflate")
		tag := resp.Header.Get("ETag")
		if resp.Header.Get("Content-Encoding") != encoding || !strings.HasSuffix(tag, "-"+encoding+`"`) {
			t.Fatalf("%s: %v", encoding, resp.Header)
		}
		if got, err := io.ReadAll(open(strings.NewReader(text))); err != nil || string(got) != plain {
			t.Errorf("%s: %v, %.100s", encoding, err, got)
		}
		if resp, _ := m.get(t, "", "/graphql"+query("query", perKelurahan), "Accept-Encoding", encoding, "If-None-Match", tag); resp.StatusCode != http.StatusNotModified || resp.Header.Get("ETag") != tag || resp.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s, held: %d %v", encoding, resp.StatusCode, resp.Header)
		}
	}
	small := "/graphql" + query("query", `{ edition { id } }`)
	if resp, text := m.get(t, "", small, "Accept-Encoding", "gzip, deflate"); resp.Header.Get("Content-Encoding") != "" || !strings.HasPrefix(text, `{"data"`) {
		t.Errorf("a small answer is compressed under the name of the plain one: %v", resp.Header)
	}
	const unnamed = `{ viewer { role } areas(filter: {level: KELURAHAN}) { edges { node { code name summary { households { value status } people { value status } } } } } }`
	_, plain = m.get(t, "", "/graphql"+query("query", unnamed))
	for encoding, open := range opened {
		for _, media := range []string{"application/json", "application/graphql-response+json"} {
			resp, text := m.get(t, "", "/graphql"+query("query", unnamed), "Accept-Encoding", encoding, "Accept", media)
			if got, err := io.ReadAll(open(strings.NewReader(text))); err != nil || string(got) != plain || resp.Header.Get("Content-Encoding") != encoding || resp.Header.Get("Content-Type") != media || resp.Header.Get("Content-Length") == strconv.Itoa(len(plain)) {
				t.Errorf("without a name, %s: %v, %v, %.100s", encoding, resp.Header, err, got)
			}
		}
	}
	if resp, text := m.get(t, "", "/graphql"+query("query", `{ viewer { role } }`), "Accept-Encoding", "gzip, zstd"); resp.Header.Get("Content-Encoding") != "" || !strings.HasPrefix(text, `{"data"`) || resp.Header.Get("Content-Length") != strconv.Itoa(len(text)) {
		t.Errorf("a small answer without a name: %v %s", resp.Header, text)
	}
}

// TestKeptQueriesTogether: questions that come together are answered once; who gets errors asked for himself.
func TestKeptQueriesTogether(t *testing.T) {
	m := newMapServer(t)
	slow := &failing{Engine: m.engine.Engine}
	m.engine.Engine = slow
	ask := func(n int, q string) (texts []string) {
		var group sync.WaitGroup
		var mu sync.Mutex
		for range n {
			group.Go(func() {
				_, text := m.get(t, "partner", "/graphql"+query("query", q))
				mu.Lock()
				defer mu.Unlock()
				texts = append(texts, text)
			})
		}
		group.Wait()
		return texts
	}
	written, calls := len(m.books.entries), m.engine.calls.Load()
	texts := ask(20, `{ summary(filter: {decile: {max: 3}}) { households { value } } }`)
	if slices.Sort(texts); texts[0] != texts[19] || len(m.books.entries)-written != 20 {
		t.Errorf("%d entries of 20, answers %s … %s", len(m.books.entries)-written, texts[0], texts[19])
	}
	if n := m.engine.calls.Load() - calls; n > 2 {
		t.Errorf("20 questions took %d calls", n)
	}
	broken := errors.New("the engine is away")
	slow.with.Store(&broken)
	written = len(m.books.entries)
	for _, text := range ask(5, `{ summary(filter: {decile: {max: 4}}) { households { value } } }`) {
		if !strings.Contains(text, "INTERNAL") {
			t.Errorf("%s", text)
		}
	}
	for _, e := range m.books.entries[written:] {
		if e.Outcome != registry.CodeInternal || time.Since(e.At) > time.Minute {
			t.Errorf("logged as %+v", e)
		}
	}
	slow.with.Store(nil)
	if resp, text := m.get(t, "partner", "/graphql"+query("query", `{ summary(filter: {decile: {max: 4}}) { households { value } } }`)); strings.Contains(text, "errors") || resp.Header.Get("ETag") == "" {
		t.Errorf("after the failure: %v %s", resp.Header, text)
	}
	m.books.broken = true
	if resp, text := m.get(t, "partner", "/graphql"+query("query", `{ summary(filter: {decile: {max: 4}}) { households { value } } }`)); !strings.Contains(text, "UNAVAILABLE") || strings.Contains(text, `"summary"`) || resp.Header.Get("ETag") != "" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a kept answer that can't be logged: %v %s", resp.Header, text)
	}
}

// TestPersistedQueriesAreKept: what a client has persisted is answered by POST from what is kept, too, under the rules of GET, but without
// a name, which nobody could ask by.
func TestPersistedQueriesAreKept(t *testing.T) {
	m := newMapServer(t)
	const poor = `{ summary(filter: {decile: {max: 3}}) { households { value } } }` // the engine is asked each time
	sum := sha256.Sum256([]byte(poor))
	extensions := map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hex.EncodeToString(sum[:])}}
	ask := func(key string, members map[string]any) (text string, calls int64, h http.Header) {
		body, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		before := m.engine.calls.Load()
		req, err := http.NewRequest(http.MethodPost, m.URL+"/graphql", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("If-None-Match", "*")
		if m.keys[key] != "" {
			req.Header.Set("Authorization", m.keys[key])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		all, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%d, %v", resp.StatusCode, err)
		}
		return string(all), m.engine.calls.Load() - before, resp.Header
	}
	ask("", map[string]any{"query": poor, "extensions": extensions})
	for _, key := range []string{"", "partner"} {
		made, _, _ := ask(key, map[string]any{"query": poor})
		ask(key, map[string]any{"extensions": extensions})
		written := len(m.books.entries)
		kept, calls, h := ask(key, map[string]any{"extensions": extensions})
		if kept != made || calls != 0 || h.Get("ETag") != "" || strings.Contains(h.Get("Cache-Control"), "public") {
			t.Errorf("%q: %d calls, %v\n%s\n%s", key, calls, h, kept, made)
		}
		if n := len(m.books.entries) - written; key == "partner" && n != 1 {
			t.Errorf("%d entries in the log", n)
		}
		if _, calls, _ = ask(key, map[string]any{"query": poor + " ", "extensions": map[string]any{}}); calls == 0 && key == "" {
			t.Error("a query that is not persisted is kept")
		}
	}
	if _, calls, _ := ask("planner", map[string]any{"extensions": extensions}); calls == 0 {
		t.Error("a planner's answer was kept")
	}
	discard := `mutation { discardEdition(edition: "x", clientId: "12345678") { discarded } }`
	sum = sha256.Sum256([]byte(discard))
	if text, _, _ := ask("partner", map[string]any{"query": discard, "extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hex.EncodeToString(sum[:])}}}); !strings.Contains(text, "FORBIDDEN") {
		t.Error(text)
	}
}
