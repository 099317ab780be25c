// Package web is what browsers are given: the map client where it was built (npm run build, see README), and always the plain
// page, a map of one measure, a query console and the schema's documentation in files that need no build. Neither loads
// anything from elsewhere.
package web

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed plain queries all:dist
var files embed.FS

// Files gives the built client at the top, index.html first; without a build there is no index.html. The plain page is in
// plain/; and in queries/ are the first queries for a visitor to ask, *.graphql in the order of their names, each a complete document.
func Files() fs.FS { return page{} }

type page struct{}

// Open finds what is committed under its own name, and what was built under dist.
func (page) Open(name string) (fs.File, error) {
	if top, _, _ := strings.Cut(name, "/"); top == "plain" || top == "queries" {
		return files.Open(name)
	}
	if name == "." {
		return files.Open("dist")
	}
	return files.Open("dist/" + name)
}
