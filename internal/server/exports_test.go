package server_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kantong/internal/registry"
)

var update = flag.Bool("update", false, "write the golden exports anew")

// table is a CSV file by line and column.
func table(t *testing.T, text string) (lines []map[string]string) {
	t.Helper()
	list, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(list) == 0 {
		t.Fatalf("%v: %.300s", err, text)
	}
	for _, fields := range list[1:] {
		line := map[string]string{}
		for i, name := range list[0] {
			line[name] = fields[i]
		}
		lines = append(lines, line)
	}
	return lines
}

// TestExportsAgreeWithGraphQL: for random filters and measures, as every role, a file says of each kelurahan what GraphQL answers,
// and what GraphQL refuses is refused with the same code.
func TestExportsAgreeWithGraphQL(t *testing.T) {
	m := newMapServer(t)
	r := rand.New(rand.NewPCG(9, 7))
	deprivation := func() string { return registry.Deprivation(r.IntN(registry.DeprivationCount)).String() }
	shown, withheld, refused := 0, 0, 0
	for range 80 {
		key := []string{"", "partner", "planner", "auditor", "scoped"}[r.IntN(5)]
		first := `{"deprivation": "` + deprivation() + `"}`
		second := []string{`{"exclusion": "AB"}`, `{"share": {"meeting": {"decile": {"max": 4}}, "people": true}}`, `{"share": {"meeting": {"elderly": {"min": 2}}}}`}[r.IntN(3)]
		filter := []string{`{}`, fmt.Sprintf(`{"decile": {"max": %d}}`, 1+r.IntN(9)), `{"deprivedIn": ["` + deprivation() + `"]}`, `{"or": [{"headSex": "FEMALE"}, {"decile": {"max": 1}}]}`}[r.IntN(4)]
		type figure struct {
			Value  *float64
			Status string
		}
		var asked struct {
			Data struct {
				A, B      []struct{ Raw figure }
				Summaries []struct {
					Summary struct{ Households, People figure }
				}
			}
			Errors []struct{ Extensions struct{ Code string } }
		}
		body := fmt.Sprintf(`{"query": "query($a: MeasureInput!, $b: MeasureInput!, $f: HouseholdFilter) { a: rates(measure: $a) { raw { value status } } b: rates(measure: $b) { raw { value status } } summaries(groupBy: [{area: KELURAHAN}], filter: $f) { summary { households { value status } people { value status } } } }", "variables": {"a": %s, "b": %s, "f": %s}}`, first, second, filter)
		if err := json.Unmarshal([]byte(m.post(t, key, body)), &asked); err != nil {
			t.Fatal(err)
		}
		resp, text := m.get(t, key, "/export/areas.csv"+query("measure", first, "filter", filter)+"&"+strings.TrimPrefix(query("measure", second), "?"))
		if len(asked.Errors) > 0 {
			if code := asked.Errors[0].Extensions.Code; resp.StatusCode == 200 || !strings.Contains(text, code) {
				t.Errorf("%q, %s, %s, %s: GraphQL says %s, the file %d %.200s", key, first, second, filter, code, resp.StatusCode, text)
			}
			refused++
			continue
		}
		if resp.StatusCode != 200 {
			t.Errorf("%q, %s, %s, %s: %d %s", key, first, second, filter, resp.StatusCode, text)
			continue
		}
		names := strings.Split(strings.SplitN(text, "\n", 2)[0], ",")
		for i, line := range table(t, text) {
			for name, want := range map[string]figure{"households": asked.Data.Summaries[i].Summary.Households, "people": asked.Data.Summaries[i].Summary.People, names[12]: asked.Data.A[i].Raw, names[14]: asked.Data.B[i].Raw} {
				value := "" // what no file says of a figure that is not there
				if want.Value != nil {
					value = strconv.FormatFloat(*want.Value, 'g', -1, 64)
					shown++
				} else {
					withheld++
				}
				if line[name] != value || line[name+"_status"] != want.Status {
					t.Errorf("%q, %s, %s: %s is %q %s, GraphQL says %q %s", key, filter, line["code"], name, line[name], line[name+"_status"], value, want.Status)
				}
			}
		}
	}
	if shown < 300 || withheld < 100 || refused < 5 {
		t.Errorf("%d figures shown, %d withheld, %d questions refused: too few to tell", shown, withheld, refused)
	}
}

// TestGoldenExports: small tables as every role sees them.
func TestGoldenExports(t *testing.T) {
	m := newMapServer(t)
	for _, key := range []string{"", "partner", "planner", "auditor", "scoped"} {
		for name, path := range map[string]string{"areas": "/export/areas.csv?level=kecamatan&" + query("measure", `{"deprivation": "UNSAFE_WATER"}`)[1:], "priorities": "/export/priorities.csv?" + query("input", `{"level": "KECAMATAN", "pillar": "HOUSING"}`)[1:]} {
			resp, text := m.get(t, key, path)
			if resp.StatusCode != 200 {
				t.Fatalf("%q, %s: %d %s", key, name, resp.StatusCode, text)
			}
			if key == "" {
				key = "public"
			}
			file := filepath.Join("testdata", "exports", name+"-"+key+".csv")
			if *update {
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want, err := os.ReadFile(file); err != nil || string(want) != text {
				t.Errorf("%s: %v; go test ./internal/server -run TestGoldenExports -update writes it anew\n%s", file, err, text)
			}
			if key == "public" {
				key = ""
			}
		}
	}
}

// TestWhoTakesRows: families are listed for planners who state a purpose, each counted in the audit log, and for nobody else in any
// format.
func TestWhoTakesRows(t *testing.T) {
	m := newMapServer(t)
	mine := "&" + query("filter", `{"areas": ["19.71.01"]}`)[1:]
	for _, format := range []string{"csv", "xlsx", "geojson", "gpkg", "csv-metadata.json"} {
		for _, c := range []struct {
			key, purpose, more string
			status             int
			code               string
		}{
			{"", "a test", "", 401, "UNAUTHENTICATED"}, {"partner", "a test", "", 403, "FORBIDDEN"}, {"auditor", "a test", "", 403, "FORBIDDEN"},
			{"planner", "", "", 400, "BAD_USER_INPUT"}, {"planner", "x", "", 400, "BAD_USER_INPUT"}, {"planner", "a test", "", 200, ""}, {"admin", "a test", "", 200, ""},
			{"scoped", "a test", "", 403, "FORBIDDEN"}, {"scoped", "a test", mine, 200, ""},
		} {
			if format == "csv-metadata.json" && (c.purpose != "a test" || c.key == "scoped") {
				continue // they hold no row
			}
			before := len(m.books.entries)
			resp, text := m.get(t, c.key, "/export/unreached."+format+"?program=AB"+c.more, "Kantong-Purpose", c.purpose)
			if resp.StatusCode != c.status || c.code != "" && !strings.Contains(text, c.code) {
				t.Errorf("%s, %q, %q: %d %.300s", format, c.key, c.purpose, resp.StatusCode, text)
			}
			if c.status != 200 && strings.Contains(text, "Household:") {
				t.Errorf("%s, %q: rows in %s", format, c.key, text)
			}
			if c.key != "" && (len(m.books.entries) != before+1 || m.books.entries[before].Action != "export" || string(m.books.entries[before].Outcome) != c.code) {
				t.Errorf("%s, %q: written down as %+v", format, c.key, m.books.entries[before:])
			}
			if c.status == 200 && (resp.Header.Get("ETag") != "" || resp.Header.Get("Cache-Control") != "private, no-store") {
				t.Errorf("%s, %q may be kept: %v", format, c.key, resp.Header)
			}
		}
	}
	var counted struct {
		Data struct{ Unreached struct{ TotalCount int64 } }
	}
	if err := json.Unmarshal([]byte(m.post(t, "planner", `{"query": "{ unreached(program: \"AB\") { totalCount } }"}`, "Kantong-Purpose", "a test")), &counted); err != nil {
		t.Fatal(err)
	}
	_, text := m.get(t, "planner", "/export/unreached.csv?program=AB", "Kantong-Purpose", "a test")
	lines, last := table(t, text), m.books.entries[len(m.books.entries)-1]
	if n := counted.Data.Unreached.TotalCount; n < 20 || int64(len(lines)) != n || last.Rows != n || last.Purpose != "a test" || last.Operation != "/export/{file}" {
		t.Errorf("%d rows, GraphQL counts %d, written down as %+v", len(lines), n, last)
	}
	m.books.broken = true
	if resp, text := m.get(t, "planner", "/export/unreached.csv?program=AB", "Kantong-Purpose", "a test"); resp.StatusCode != 503 || strings.Contains(text, "Household:") {
		t.Errorf("without an audit log: %d %.300s", resp.StatusCode, text)
	}
}

// breaking is an engine that breaks down after a page of rows.
type breaking struct{ registry.Engine }

func (b breaking) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	if q.After != nil {
		return nil, errors.New("the disk is gone")
	}
	pages, err := b.Engine.Rows(ctx, q)
	for i := range pages {
		pages[i].More = true
	}
	return pages, err
}

// TestBrokenEngine: what breaks down in the middle is no file.
func TestBrokenEngine(t *testing.T) {
	m := newMapServer(t)
	m.engine.Engine = breaking{m.engine.Engine}
	for _, format := range []string{"csv", "xlsx", "geojson", "gpkg"} {
		resp, text := m.get(t, "planner", "/export/unreached."+format+"?program=AB", "Kantong-Purpose", "a test")
		if code, _ := refusal(t, text); resp.StatusCode != 500 || code != "INTERNAL" || resp.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %d %.300s", format, resp.StatusCode, text)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "kantong-export-*")); len(left) > 0 {
		t.Errorf("files are left: %v", left)
	}
}

// broken is a connection that takes so many bytes.
type broken struct {
	http.ResponseWriter
	left int
}

func (b *broken) Write(p []byte) (int, error) {
	n := min(len(p), b.left)
	b.left -= n
	n, err := b.ResponseWriter.Write(p[:n])
	if n < len(p) {
		err = io.ErrShortWrite
	}
	return n, err
}

// TestInterruptedDownload: a client notices that a file is not whole.
func TestInterruptedDownload(t *testing.T) {
	m := newMapServer(t)
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.Config.Handler.ServeHTTP(&broken{w, 3000}, r)
	}))
	defer cut.Close()
	for _, format := range []string{"csv", "xlsx", "geojson", "gpkg"} {
		resp, err := http.Get(cut.URL + "/export/areas." + format)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 200 || !errors.Is(err, io.ErrUnexpectedEOF) || len(text) == 0 {
			t.Errorf("%s: %d, %d bytes, %v", format, resp.StatusCode, len(text), err)
		}
	}
}

// TestExportRequests: names, parameters, and what a browser is told.
func TestExportRequests(t *testing.T) {
	m := newMapServer(t)
	for path, want := range map[string]string{
		"/export/areas.pdf": "404 file", "/export/households.csv": "404 file", "/export/areas": "404 file", "/export/areas.csv?levle=kelurahan": "400 levle", "/export/areas.csv?level=kelurahan&level=kecamatan": "400 level",
		"/export/areas.csv?within=19.99": "404 within", "/export/areas.csv?filter={": "400 filter", "/export/areas.csv?measure={}&measure={}": "400 measure[0]", "/export/priorities.csv?input=[]": "400 input",
		"/export/areas.csv" + query("measure", `{"deprivation": "CROWDED"}`) + "&" + query("measure", `{"deprivation": "CROWDED"}`)[1:]: "400 measure[1]",
		"/export/hex.csv": "403 layer", "/export/areas.csv?edition=none": "404 edition",
	} {
		resp, text := m.get(t, "", path)
		if _, field := refusal(t, text); fmt.Sprint(resp.StatusCode, " ", field) != want {
			t.Errorf("%s: %d %s", path, resp.StatusCode, text)
		}
	}
	resp, text := m.get(t, "", "/export/areas.csv?level=kecamatan")
	h := resp.Header
	if !strings.HasPrefix(h.Get("Content-Disposition"), `attachment; filename="areas_`) || h.Get("Content-Length") != strconv.Itoa(len(text)) || !strings.HasPrefix(h.Get("ETag"), `W/"`) || h.Get("Cache-Control") != "public, no-cache" {
		t.Errorf("headers: %v", h)
	}
	if again, _ := m.get(t, "", "/export/areas.csv?level=kecamatan", "If-None-Match", h.Get("ETag")); again.StatusCode != 304 || again.Header.Get("ETag") != h.Get("ETag") {
		t.Errorf("asked again: %d %v", again.StatusCode, again.Header)
	}
	address := strings.TrimPrefix(strings.Split(h.Get("Link"), ">")[0], "<")
	if resp, text := m.get(t, "", address); resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/csvm+json" || !strings.Contains(text, `"role": "PUBLIC"`) {
		t.Errorf("%s: %d %s", address, resp.StatusCode, text)
	}
}
