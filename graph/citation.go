package graph

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"kantong/internal/access"
	"kantong/internal/registry"
)

// Citation is an answer that can be asked for again: the question, who asked in what role, the states it was answered
// from, and the hash of the answer. It holds no figure. A client asks for one by {"extensions": {"kantong": {"cite": true}}}
// beside its query, and puts it under a table; whoever has the registry checks it by `kantong verify`.
type Citation struct {
	Query     string              `json:"query"`
	Operation string              `json:"operation,omitempty"`
	Variables map[string]any      `json:"variables,omitempty"`
	Role      string              `json:"role"`
	Areas     []registry.AreaCode `json:"areas,omitempty"` // of a limited key
	States    map[string]string   `json:"states"`          // what each edition named in the question was; "" is no name
	Versions  map[string]string   `json:"versions"`        // data version of each state
	Method    string              `json:"method"`          // how protected figures were made
	SHA256    string              `json:"sha256"`          // of the answer's data
}

// citationPrefix tells a citation, and its form, from any other text.
const citationPrefix = "kantong-citation-1."

// maxCitation bounds the text of a citation, and what it unfolds to.
const (
	maxCitation         = 64 << 10
	maxUnfoldedCitation = 2 << 20
)

type pinsKey struct{}

// citation gives the text for an answer, "" when none was asked for, or when there is
// none: of an answer with errors, of a change, and of what changes by itself.
func (o *operation) citation(ctx context.Context, response *graphql.Response) string {
	op := graphql.GetOperationContext(ctx)
	wish, _ := op.Extensions["kantong"].(map[string]any)
	if cite, _ := wish["cite"].(bool); !cite || len(response.Errors) > 0 || op.Operation.Operation != ast.Query || slices.ContainsFunc(rootFields(op), passing) {
		return ""
	}
	c := Citation{Query: op.RawQuery, Operation: op.OperationName, Variables: op.Variables, Role: o.viewer.Role.String(), Areas: o.viewer.Areas,
		States: map[string]string{}, Versions: map[string]string{}, SHA256: hashOf(response.Data)}
	for name, v := range o.views {
		if v != nil {
			c.States[name], c.Versions[v.State.ID()] = v.State.ID(), v.Version
		}
	}
	c.Method = o.moment.Method(slices.Sorted(maps.Keys(c.Versions)))
	return c.text()
}

// passing tells of root fields whose answers change by themselves: with what is left, with the next publication, or with
// the log.
func passing(field string) bool {
	return slices.Contains([]string{"viewer", "editions", "keys", "auditLog", "auditHead", "auditVerification", "job", "jobs"}, field)
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (c *Citation) text() string {
	data, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression) // fails for an unknown level only
	_, _ = w.Write(data)
	_ = w.Close()
	return citationPrefix + base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// ParseCitation reads a citation.
func ParseCitation(text string) (*Citation, error) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, citationPrefix) || len(text) > maxCitation {
		return nil, registry.Invalid("citation", "a citation begins with %s and has at most %d characters", citationPrefix, maxCitation)
	}
	folded, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(text, citationPrefix))
	if err != nil {
		return nil, registry.Invalid("citation", "it is damaged: copy all of it, without spaces or line breaks in it")
	}
	d := json.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(folded)), maxUnfoldedCitation))
	d.UseNumber()
	c := &Citation{}
	if err := d.Decode(c); err != nil {
		return nil, registry.Invalid("citation", "it is damaged: copy all of it")
	}
	return c, nil
}

// Verification is what asking again gave.
type Verification struct {
	Same     bool              // the answer, and all that the citation says of it, is what was cited
	Reason   string            // why it is not, as far as can be told
	States   map[string]string // that were asked, by the names that the question uses
	Response *graphql.Response
}

// Verify asks a citation's question again, of the states it was answered from, and compares what would be cited now.
// Nothing of the citation is believed.
func (e Executor) Verify(ctx context.Context, c *Citation) (*Verification, error) {
	role, err := registry.ParseRole(c.Role)
	if err != nil {
		return nil, registry.Invalid("citation", "it names no role")
	}
	ctx = access.WithViewer(ctx, registry.Viewer{Role: role, Areas: c.Areas, Purpose: "verification of a citation"})
	response := e.run(context.WithValue(ctx, pinsKey{}, c.States), &graphql.RawParams{Query: c.Query, OperationName: c.Operation, Variables: c.Variables,
		Extensions: map[string]any{"kantong": map[string]any{"cite": true}}})
	v := &Verification{Response: response}
	if len(response.Errors) > 0 {
		v.Reason = "the question is answered with an error now: " + response.Errors[0].Message
		return v, nil
	}
	note, _ := response.Extensions["kantong"].(sourceNote)
	now, err := ParseCitation(note.Citation)
	if err != nil {
		v.Reason = "its question is one that has no citation"
		return v, nil
	}
	v.States = now.States
	switch {
	case !maps.Equal(now.States, c.States) || !slices.Equal(slices.Sorted(maps.Keys(now.Versions)), slices.Sorted(maps.Keys(c.Versions))):
		v.Reason = "it names other states than the question was answered from: it was changed"
	case !maps.Equal(now.Versions, c.Versions):
		v.Reason = "the programmes were redefined since, or the secret keys replaced"
	case now.Method != c.Method:
		v.Reason = "figures are protected in another way since: another noise, other floors"
	case now.SHA256 != c.SHA256:
		v.Reason = "the answer was never this one: the citation, or the program, was changed"
	default:
		v.Same = true
	}
	return v, nil
}
