package cli

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"kantong/web"
)

type count struct{ Value *int }

// TestDemo is the newcomer's first minute: start, ask the three queries as printed, look at the totals, start again.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	first := start(t, "demo", "--data", dir)
	var totals struct {
		Summary struct{ Households, People count }
		Edition struct {
			Synthetic, Schematic bool
			Source               string
		}
		Kelurahan, Kecamatan struct{ TotalCount int }
	}
	first.ask(t, first.key, `{ summary { households { value } people { value } } edition { synthetic schematic source }
		kelurahan: areas(filter: {level: KELURAHAN}) { totalCount } kecamatan: areas(filter: {level: KECAMATAN}) { totalCount } }`, &totals)
	if *totals.Summary.Households.Value != 24_000 || *totals.Summary.People.Value != 51_000 || totals.Kelurahan.TotalCount != 42 || totals.Kecamatan.TotalCount != 7 {
		t.Errorf("%+v", totals)
	}
	if !totals.Edition.Synthetic || !totals.Edition.Schematic || !strings.Contains(totals.Edition.Source, "synthetic") {
		t.Errorf("%+v", totals.Edition)
	}
	if len(web.Queries()) != 3 {
		t.Errorf("%d first queries", len(web.Queries()))
	}
	for _, q := range web.Queries() {
		if !strings.Contains(first.output(), q.Title) || !strings.Contains(first.output(), q.JSON()) {
			t.Errorf("the first queries don't show %q", q.Title)
		}
		key := ""
		if q.NeedsKey {
			key = first.key
		}
		var answer map[string]any
		if first.post(t, key, q.JSON(), &answer); len(answer) == 0 {
			t.Errorf("%s: no answer", q.Title)
		}
	}
	checkUnreached(t, first)
	for path, holds := range map[string]string{"/": "<html", "/healthz": "true", "/readyz": "demo+2025-10", "/schema.graphql": "type Query"} {
		resp, err := http.Get(first.address + path)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || !strings.Contains(string(text), holds) {
			t.Errorf("%s: %d %.200s", path, resp.StatusCode, text)
		}
	}
	code, _, stderr := run(t, "serve", "--data", dir, "--listen", "127.0.0.1:0")
	if code != exitFailed || !strings.Contains(stderr, "in use") {
		t.Errorf("a second server on one directory: exit %d, %s", code, stderr)
	}
	version := dataVersion(t, first)
	if code := first.stop(); code != exitDone {
		t.Errorf("stopping: exit %d", code)
	}
	second := start(t, "demo", "--data", dir)
	if strings.Contains(second.output(), "Making") || dataVersion(t, second) != version {
		t.Error("the second start made another city")
	}
	if resp := second.status(t, first.key); resp != http.StatusUnauthorized {
		t.Errorf("the first start's key still works: %d", resp)
	}
	second.stop()
	code, _, stderr = run(t, "demo", "--data", dir, "--listen", "127.0.0.1:0", "--households", "100")
	if code != exitFailed || !strings.Contains(stderr, "24,000") {
		t.Errorf("another city in the same directory: exit %d, %s", code, stderr)
	}
}

// checkUnreached counts the answer to the first question again, household by household.
func checkUnreached(t *testing.T, s *running) {
	t.Helper()
	var top struct {
		Program struct {
			Coverage []struct {
				Area       struct{ Code, Name string }
				NotReached count
			}
		}
	}
	s.ask(t, s.key, `{ program(code: "PKH") { coverage(order: NOT_REACHED, first: 1) { area { code name } notReached { value } } } }`, &top)
	worst := top.Program.Coverage[0]
	counted, after := 0, ""
	for {
		var page struct {
			Households struct {
				Edges []struct {
					Node struct {
						Decile     *int
						Enrolments []struct {
							Status  string
							Program struct{ Code string }
						}
					}
				}
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
			}
		}
		s.ask(t, s.key, `{ households(first: 200, filter: {areas: ["`+worst.Area.Code+`"], eligibleFor: "PKH"}`+after+`) { edges { node { decile enrolments { status program { code } } } } pageInfo { hasNextPage endCursor } } }`, &page)
		for _, e := range page.Households.Edges {
			reached := false
			for _, enrolment := range e.Node.Enrolments {
				reached = reached || enrolment.Program.Code == "PKH" && enrolment.Status == "ACTIVE"
			}
			if !reached {
				counted++
			}
			if *e.Node.Decile > 4 {
				t.Errorf("an eligible family in decile %d", *e.Node.Decile)
			}
		}
		if !page.Households.PageInfo.HasNextPage {
			break
		}
		after = `, after: "` + page.Households.PageInfo.EndCursor + `"`
	}
	if counted != *worst.NotReached.Value || counted == 0 {
		t.Errorf("%s: %d not reached, counted one by one %d", worst.Area.Name, *worst.NotReached.Value, counted)
	}
}

func dataVersion(t *testing.T, s *running) string {
	t.Helper()
	var answer struct{ Edition struct{ DataVersion string } }
	s.ask(t, "", `{ edition { dataVersion } }`, &answer)
	return answer.Edition.DataVersion
}

// status asks with a key and gives the HTTP status.
func (s *running) status(t *testing.T, key string) int {
	t.Helper()
	req, _ := http.NewRequest(http.MethodGet, s.address+"/graphql?query={viewer{role}}", nil)
	req.Header.Set("Authorization", "Bearer "+key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
