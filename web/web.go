// Package web is the first page: a map of one measure, a query console and the schema's documentation, in plain files
// that need no build and load nothing from elsewhere.
package web

import (
	"embed"
	"io/fs"
)

//go:embed index.html app.js style.css city.graphql types.graphql queries
var files embed.FS

// Files gives the page: index.html with its script, its style sheet and the queries it asks itself; and in queries/ the
// first queries for a visitor to ask, *.graphql in the order of their names. Each is a complete document.
func Files() fs.FS { return files }
