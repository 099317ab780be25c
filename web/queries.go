package web

import (
	"encoding/json"
	"io/fs"
	"strings"
)

// Query is one of the first queries to ask.
type Query struct {
	Title    string // a question
	NeedsKey bool   // it shows households
	Text     string // a complete document
}

// Queries gives the first queries in their order. Each begins with its title as a comment, and a
// second comment where it needs a key.
func Queries() []Query {
	names, err := fs.Glob(files, "queries/*.graphql")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	var out []Query
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // it is embedded
		}
		title, rest, _ := strings.Cut(strings.TrimPrefix(string(text), "# "), "\n")
		out = append(out, Query{title, strings.HasPrefix(rest, "# Needs a planner's key."), string(text)})
	}
	return out
}

// JSON is the body of a request that asks the query, on one line.
func (q Query) JSON() string {
	document := q.Text
	for strings.HasPrefix(document, "#") {
		_, document, _ = strings.Cut(document, "\n")
	}
	body, err := json.Marshal(map[string]string{"query": strings.Join(strings.Fields(document), " ")})
	if err != nil {
		panic(err) // text always can
	}
	return string(body)
}
