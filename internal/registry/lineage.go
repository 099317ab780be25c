package registry

import (
	"cmp"
	"slices"
)

// Lineage is what published editions together say of which areas became which: what one of them has said holds from then on.
// nil says nothing.
type Lineage struct {
	order map[string]int // of editions, oldest first
	steps []Step         // by edition, code, predecessor
}

// Step is a succession with the edition that said it first.
type Step struct {
	Succession
	Edition         string
	Name            string // of the area in that edition
	PredecessorName string // in the last edition before it that has that area; "" when none does
}

// EditionSuccessions are those of one edition.
type EditionSuccessions struct {
	Edition     string
	Successions []Succession
}

// ByAge gives the published editions, oldest first: by the day that they are as of, of one day by publication.
func ByAge(editions []Edition) []Edition {
	published := slices.DeleteFunc(slices.Clone(editions), func(e Edition) bool { return e.PublishedAt == nil })
	slices.SortFunc(published, func(a, b Edition) int {
		return cmp.Or(cmp.Compare(a.AsOf, b.AsOf), a.PublishedAt.Compare(*b.PublishedAt), cmp.Compare(a.ID, b.ID))
	})
	return published
}

// NewLineage takes editions oldest first. names gives what an edition calls its areas; it is asked only of editions whose names
// are needed, several times.
func NewLineage(editions []EditionSuccessions, names func(edition string) (map[AreaCode]string, error)) (*Lineage, error) {
	l := &Lineage{order: map[string]int{}}
	said := map[[2]AreaCode]bool{}
	for i, e := range editions {
		l.order[e.Edition] = i
		for _, s := range e.Successions {
			if said[[2]AreaCode{s.Code, s.Predecessor}] {
				continue
			}
			said[[2]AreaCode{s.Code, s.Predecessor}] = true
			step := Step{Succession: s, Edition: e.Edition}
			own, err := names(e.Edition)
			if err != nil {
				return nil, err
			}
			step.Name = own[s.Code]
			for k := i - 1; k >= 0 && step.PredecessorName == ""; k-- {
				before, err := names(editions[k].Edition)
				if err != nil {
					return nil, err
				}
				step.PredecessorName = before[s.Predecessor]
			}
			l.steps = append(l.steps, step)
		}
	}
	return l, nil
}

// Predecessors gives what an area of an edition was made from, by what that edition or one before it says, oldest first.
func (l *Lineage) Predecessors(edition string, code AreaCode) (steps []Step) {
	return l.choose(func(s *Step, order int) bool { return s.Code == code && order <= l.order[edition] })
}

// Successors gives what was made from an area of an edition, by what later ones say, oldest first.
func (l *Lineage) Successors(edition string, code AreaCode) (steps []Step) {
	return l.choose(func(s *Step, order int) bool { return s.Predecessor == code && order > l.order[edition] })
}

// Between gives what was said after the older of two editions up to the newer one, oldest first, and whether a is the older.
func (l *Lineage) Between(a, b string) (steps []Step, inOrder bool) {
	if l == nil {
		return nil, true
	}
	from, to := l.order[a], l.order[b]
	if inOrder = from <= to; !inOrder {
		from, to = to, from
	}
	return l.choose(func(_ *Step, order int) bool { return order > from && order <= to }), inOrder
}

func (l *Lineage) choose(keep func(s *Step, order int) bool) (steps []Step) {
	if l == nil {
		return nil
	}
	for i := range l.steps {
		if s := &l.steps[i]; keep(s, l.order[s.Edition]) {
			steps = append(steps, *s)
		}
	}
	return steps
}
