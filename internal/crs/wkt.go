package crs

import (
	"errors"
	"strconv"
	"strings"
)

// Real definitions are a few thousand bytes, and seven levels deep.
const (
	maxWKTBytes = 64 << 10
	maxWKTDepth = 16
)

// node is a keyword of well-known text with what stands in its brackets.
type node struct {
	keyword  string   // in capitals
	values   []string // texts and numbers, in order
	children []*node
}

var errNotWKT = errors.New("the definition of the coordinate system is not well-known text")

// parseWKT reads well-known text, of either version.
func parseWKT(text string) (*node, error) {
	p := wktParser{strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))}
	if len(p.rest) > maxWKTBytes {
		return nil, errNotWKT
	}
	n, ok := p.node(0)
	if !ok || strings.TrimSpace(p.rest) != "" {
		return nil, errNotWKT
	}
	return n, nil
}

type wktParser struct{ rest string }

// next skips space and gives the next byte, 0 at the end.
func (p *wktParser) next() byte {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

// word takes what stands before the next bracket or comma.
func (p *wktParser) word() string {
	end := strings.IndexAny(p.rest, "[](),\"")
	if end < 0 {
		end = len(p.rest)
	}
	word := strings.TrimSpace(p.rest[:end])
	p.rest = p.rest[end:]
	return word
}

func (p *wktParser) node(depth int) (*node, bool) {
	n := &node{keyword: strings.ToUpper(p.word())}
	if c := p.next(); n.keyword == "" || depth > maxWKTDepth || (c != '[' && c != '(') {
		return nil, false
	}
	for {
		p.rest = p.rest[1:] // the bracket or comma
		if !p.item(n, depth) {
			return nil, false
		}
		switch p.next() {
		case ',':
		case ']', ')':
			p.rest = p.rest[1:]
			return n, true
		default:
			return nil, false
		}
	}
}

// item reads a text, a number, a bare word or a node into n.
func (p *wktParser) item(n *node, depth int) bool {
	if p.next() == '"' {
		text, rest, ok := strings.Cut(p.rest[1:], `"`)
		n.values, p.rest = append(n.values, text), rest
		return ok
	}
	here := p.rest
	word := p.word()
	if c := p.next(); c != '[' && c != '(' {
		n.values = append(n.values, word)
		return word != ""
	}
	p.rest = here
	child, ok := p.node(depth + 1)
	n.children = append(n.children, child)
	return ok
}

// child gives the first child with one of the keywords, else an empty node.
func (n *node) child(keywords ...string) *node {
	for _, c := range n.children {
		for _, keyword := range keywords {
			if c.keyword == keyword {
				return c
			}
		}
	}
	return &node{}
}

// text gives the i-th value, "" when there is none.
func (n *node) text(i int) string {
	if i < len(n.values) {
		return n.values[i]
	}
	return ""
}

// number gives the i-th value, or otherwise when there is none or it is no number.
func (n *node) number(i int, otherwise float64) float64 {
	if v, err := strconv.ParseFloat(n.text(i), 64); err == nil {
		return v
	}
	return otherwise
}
