package storetest

import (
	"context"
	"fmt"
	"testing"

	"kantong/internal/registry"
)

// NewEngine makes an engine of a state's contents, which come in no particular order. The engine is closed, if it needs
// to be, by a cleanup of t.
type NewEngine func(t *testing.T, d *registry.Dataset, households []registry.Record, enrolments []registry.Enrolment) registry.Engine

// RunEngine tries everything that registry.Engine promises. A failure prints what was asked, filters as JSON.
func RunEngine(t *testing.T, open NewEngine) {
	for _, w := range worlds() {
		t.Run(w.name, func(t *testing.T) {
			s := newSubject(w, open(t, w.dataset, shuffled(w.households), shuffled(w.enrolments)))
			for _, c := range engineChecks {
				t.Run(c.name, func(t *testing.T) {
					if err := c.check(t.Context(), s); err != nil {
						t.Error(err)
					}
				})
			}
		})
	}
	v := village()
	t.Run(v.name, func(t *testing.T) {
		e := open(t, v.dataset, shuffled(v.households), shuffled(v.enrolments))
		for _, c := range villageCases() {
			t.Run(c.name, func(t *testing.T) {
				if err := c.check(t.Context(), e); err != nil {
					t.Error(err)
				}
			})
		}
	})
}

// subject is an engine under test and what it must answer like.
type subject struct {
	world
	engine    registry.Engine
	reference *Reference
}

func newSubject(w world, e registry.Engine) subject {
	return subject{world: w, engine: e, reference: NewReference(w.dataset, w.households, w.enrolments)}
}

// engineChecks run on every world. They are plain functions so that a test can show that they catch broken engines.
var engineChecks = []struct {
	name  string
	check func(context.Context, subject) error
}{
	{"summaries of random filters", checkSummaries},
	{"summaries of a batch", checkBatches},
	{"random pages", checkRandomRows},
	{"every page size", checkPaging},
	{"every page size, by area", checkPagingByParent},
	{"pages of no size and no parent", checkEmptyPages},
	{"points", checkPoints},
	{"details", checkDetails},
	{"errors", checkErrors},
	{"cancelled context", checkCancelled},
	{"many at once", checkConcurrent},
}

// shuffled gives the contents in an order that is no order, the same every time.
func shuffled[T any](list []T) []T {
	out := make([]T, len(list))
	for to, from := range random(7).Perm(len(list)) {
		out[to] = list[from]
	}
	return out
}

// question names what was asked, to ask it again.
func (s *subject) question(i int, f registry.Filter, format string, args ...any) error {
	return fmt.Errorf("world %q (seed %d), question %d, filter %s:\n%s", s.name, s.seed, i, f.JSON(), fmt.Sprintf(format, args...))
}
