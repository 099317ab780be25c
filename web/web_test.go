package web

import (
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

func readSchema(t *testing.T) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("../schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphql", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func check(t *testing.T, schema *ast.Schema, query string) {
	t.Helper()
	if _, errs := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules()); len(errs) > 0 {
		t.Errorf("the schema refuses it: %v\n%s", errs, query)
	}
}

// What the page asks and what it offers to ask must keep up with the schema.
func TestQueriesFitTheSchema(t *testing.T) {
	schema := readSchema(t)
	names, err := fs.Glob(Files(), "plain/*.graphql")
	if err != nil || len(names) != 2 {
		t.Fatalf("queries of the page: %v, %v", names, err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		check(t, schema, string(text))
	}
	for _, q := range Queries() {
		check(t, schema, q.Text)
		var body struct{ Query string }
		if err := json.Unmarshal([]byte(q.JSON()), &body); err != nil {
			t.Errorf("%s: %v", q.Title, err)
		}
		check(t, schema, body.Query)
		if strings.ContainsAny(q.JSON(), "'\n") {
			t.Errorf("%s: not safe between single quotes: %s", q.Title, q.JSON())
		}
	}
}

func TestQueriesTellTitleAndKey(t *testing.T) {
	list := Queries()
	if len(list) != 3 {
		t.Fatalf("%d queries", len(list))
	}
	for i, q := range list {
		if !strings.HasPrefix(q.Text, "# "+q.Title+"\n") || !strings.HasSuffix(q.Title, "?") {
			t.Errorf("query %d has the title %q", i+1, q.Title)
		}
		if q.NeedsKey != (i == 2) {
			t.Errorf("query %d: needs key is %t", i+1, q.NeedsKey)
		}
	}
}

// The server's content security policy lets no inline script or style run, and nothing load from elsewhere.
func TestPageKeepsToThePolicy(t *testing.T) {
	lines := 0
	for name, forbidden := range map[string]string{
		"plain/index.html": `(?i)<style|\sstyle=|\son[a-z]+=|<script[^>]*>[^<]|(src|href)="(https?:|//)`,
		"plain/app.js":     `innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|localStorage|sessionStorage|cookie|"style"`,
		"plain/style.css":  `@import|url\([^#]`,
	} {
		text, err := fs.ReadFile(Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(forbidden).Find(text); found != nil {
			t.Errorf("%s has %q", name, found)
		}
		for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
			lines++
			if utf8.RuneCountInString(line) > 140 {
				t.Errorf("%s:%d has %d characters", name, i+1, len(line))
			}
		}
	}
	if lines > 300 {
		t.Errorf("the page has %d lines; 300 are enough", lines)
	}
}
