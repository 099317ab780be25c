package graph

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// namedRoots decides of each root field of Query whether its answer follows from what is published, who asks (role, areas of a
// key, organisation) and the question. Such an answer has a name before it is made; what is not decided has none.
var namedRoots = map[string]bool{
	"edition": true, "editions": true, "area": true, "areaAt": true, "areas": true, "programs": true, "program": true, "summary": true, "summaries": true,
	"rates": true, "hotspots": true, "priorities": true, "quadrant": true, "allocate": true, "whatIf": true, "pockets": true, "measures": true, "trend": true, "compare": true, "readings": true,
	"__schema": true, "__type": true, "__typename": true,
	// Rows of households, or perhaps: they are shown for a purpose that is stated each time, and are kept by no cache.
	"household": false, "households": false, "unreached": false, "node": false,
	// These change with the key, the clock or the log.
	"viewer": false, "keys": false, "auditLog": false, "auditHead": false, "auditVerification": false, "job": false, "jobs": false,
}

// rowTypes are those by which households are reached from anywhere in the schema.
var rowTypes = map[string]bool{"Household": true, "HouseholdConnection": true, "Node": true}

// hasName tells whether the answer to a query has a name.
func hasName(op *graphql.OperationContext) bool {
	for _, f := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Query"}) {
		if !namedRoots[f.Name] {
			return false
		}
	}
	return !showsRows(op.Operation.SelectionSet, map[string]bool{})
}

// showsRows tells whether households are selected, in whatever fragment; seen are the fragments that were looked into.
func showsRows(set ast.SelectionSet, seen map[string]bool) bool {
	for _, sel := range set {
		var inner ast.SelectionSet
		switch sel := sel.(type) {
		case *ast.Field:
			if sel.Definition != nil && rowTypes[sel.Definition.Type.Name()] {
				return true
			}
			inner = sel.SelectionSet
		case *ast.InlineFragment:
			inner = sel.SelectionSet
		case *ast.FragmentSpread:
			if !seen[sel.Name] && sel.Definition != nil {
				seen[sel.Name] = true
				inner = sel.Definition.SelectionSet
			}
		}
		if showsRows(inner, seen) {
			return true
		}
	}
	return false
}

// nameOf names the answer to a query by all that it follows from: the program, what is published, who asks, the question with
// its variables, the wish for a citation, and the media type. Whatever the organisation of a partner decides (a budget) decides
// whether there is an answer, not which.
func nameOf(op *graphql.OperationContext, m disclosure.Moment, viewer registry.Viewer, mediaType string) (string, error) {
	variables, err := json.Marshal(op.Variables) // members of objects are sorted
	if err != nil {
		return "", err
	}
	wish, err := json.Marshal(op.Extensions["kantong"])
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "kantong graphql 1\n%s\n%s\n%s\n%q\n%q\n%q\n%s\n%s\n%s\n", Program(), m.Name(), viewer.Role, viewer.Areas, op.RawQuery, op.OperationName, variables, wish, mediaType)
	return hex.EncodeToString(h.Sum(nil)[:16]), nil
}

// Program stands for this build: another one may answer in another way. It is the hash of the file that runs, since nothing
// else is another after every change, also under `go run`; a file that can't be read is another at every start.
var Program = sync.OnceValue(func() string {
	h := sha256.New()
	err := func() error {
		path, err := os.Executable()
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		_, err = io.Copy(h, f)
		return cmp.Or(err, f.Close())
	}()
	if err != nil {
		fmt.Fprint(h, time.Now().UnixNano())
	}
	return hex.EncodeToString(h.Sum(nil))
})
