package disclosure

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// question is a filter in the form that a guard can answer: in any area of each list, inside a region, and in one of the
// published bands of each attribute.
type question struct {
	areas      [][]registry.AreaCode
	where      *registry.Spatial
	conditions []condition
}

// condition keeps some bands of an attribute.
type condition struct {
	attribute attribute
	bands     []band
	whole     registry.Filter // all the bands at once
	path      string          // of the filter's member, for messages
	// Of a condition on another state: what it combines there, in words, and the drops of each of those.
	names []string
	there []thereDrop
}

// attribute names what households are told apart by: its kind, and which one of the kind.
type attribute struct {
	kind  attributeKind
	index int
}

type attributeKind uint8

const (
	decileAttribute attributeKind = iota + 1
	membersAttribute
	sexAttribute
	geocodedAttribute
	deprivationAttribute
	programAttribute
	eligibilityAttribute
	personsAttribute
	povertyAttribute
	indexAttribute
	stateAttribute // in another state, in certain bands of attributes there
	restAttribute  // everybody else: not there, or in other bands
)

// band is one published category of an attribute; its number is the same through every door.
type band struct {
	number int
	filter registry.Filter
}

// Numbers of the bands of attributes that are told by yes or no.
const (
	bandNo  = 0
	bandYes = 1
)

// memberBands are the published sizes of households, each from its number up to the next.
var memberBands = []int{1, 2, 3, 4, 5, 7}

// reader turns a filter into a question.
type reader struct {
	guard *Guard
	question
}

func (g *Guard) read(ctx context.Context, f *registry.Filter) (question, error) {
	r := reader{guard: g}
	err := r.filter(ctx, "", f)
	return r.question, err
}

func limit(field, format string, args ...any) error {
	return registry.Errorf(registry.CodeDisclosureLimit, field, format, args...)
}

// filter reads f and what is joined to it by and.
func (r *reader) filter(ctx context.Context, path string, f *registry.Filter) error {
	under := func(err error) error { return registry.Under(path, err) }
	switch {
	case f.Or != nil:
		return under(limit("or", "alternatives are answered one at a time: ask for each by itself, or use a range or a list of areas"))
	case f.RT != nil:
		return under(limit("rt", "%s: leave rt out, or ask for the kelurahan", finerText(r.guard.role)))
	case f.RW != nil:
		return under(limit("rw", "%s: leave rw out, or ask for the kelurahan", finerText(r.guard.role)))
	}
	if f.Areas != nil {
		r.areas = append(r.areas, f.Areas)
	}
	if f.Where != nil {
		if err := r.region(f.Where); err != nil {
			return under(err)
		}
	}
	list, err := r.guard.conditions(ctx, f)
	if err != nil {
		return under(err)
	}
	for _, c := range list {
		if path != "" {
			c.path = path + "." + c.path
		}
		r.add(c)
	}
	for i := range f.And {
		inner := fmt.Sprintf("and[%d]", i)
		if path != "" {
			inner = path + "." + inner
		}
		if err := r.filter(ctx, inner, &f.And[i]); err != nil {
			return err
		}
	}
	return nil
}

func finerText(role registry.Role) string {
	if role == registry.RolePartner {
		return "figures are given for blocks of twenty households and more"
	}
	return "without a key figures are given for whole kelurahan and above"
}

func (r *reader) region(where *registry.Spatial) error {
	switch {
	case r.guard.role != registry.RolePartner:
		return limit("where", "%s: use areas: [codes] instead; a partner's key is answered for regions", finerText(r.guard.role))
	case r.where != nil:
		return limit("where", "one region at a time: give one where, at the top of the filter")
	}
	r.where = where
	return nil
}

// add joins a condition to those there are; two on the same attribute keep the bands that both keep.
func (r *reader) add(c condition) {
	for i := range r.conditions {
		former := &r.conditions[i]
		if former.attribute != c.attribute {
			continue
		}
		former.bands = slices.DeleteFunc(former.bands, func(b band) bool {
			return !slices.ContainsFunc(c.bands, func(other band) bool { return other.number == b.number })
		})
		former.whole = registry.Join(&former.whole, &c.whole)
		return
	}
	r.conditions = append(r.conditions, c)
}

// find gives the condition on an attribute.
func (q *question) find(a attribute) (c *condition, ok bool) {
	i := slices.IndexFunc(q.conditions, func(c condition) bool { return c.attribute == a })
	if i < 0 {
		return nil, false
	}
	return &q.conditions[i], true
}

// has tells whether the condition keeps a band.
func (c *condition) has(number int) bool {
	return slices.ContainsFunc(c.bands, func(b band) bool { return b.number == number })
}

// filterOf joins the whole conditions, but for those on one attribute.
func (q *question) filterOf(but attribute) registry.Filter {
	var list []registry.Filter
	for _, c := range q.conditions {
		if c.attribute != but {
			list = append(list, c.whole)
		}
	}
	return allOf(list)
}

// nobody tells whether the conditions contradict each other, or one keeps no band: whoever there is, nobody is kept.
func (q *question) nobody() bool {
	return slices.ContainsFunc(q.conditions, func(c condition) bool { return len(c.bands) == 0 })
}

// name says an attribute in the words of the API.
func (g *Guard) name(a attribute) string {
	switch a.kind {
	case decileAttribute:
		return "decile"
	case membersAttribute:
		return "members"
	case sexAttribute:
		return "headSex"
	case geocodedAttribute:
		return "geocoded"
	case deprivationAttribute:
		return registry.Deprivation(a.index).String()
	case programAttribute:
		return "enrolment in " + g.data.Programs[a.index].Code
	case eligibilityAttribute:
		return "eligibility for " + g.data.Programs[a.index].Code
	case personsAttribute:
		return strings.ToLower(registry.PersonKind(a.index).String())
	case indexAttribute:
		return "multidimensional poverty"
	case stateAttribute, restAttribute:
		return "membership of another state"
	}
	return "poverty"
}
