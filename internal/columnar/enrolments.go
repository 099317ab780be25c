package columnar

import (
	"iter"
	"math"
	"math/bits"
	"slices"

	"kantong/internal/registry"
)

// history is every enrolment, in whatever status. Few differ in more than the household, so each is the number of its term;
// those of a household follow one another, and those of a block's households too.
type history struct {
	terms     []term
	stream    []uint32 // positions in terms; the last of a household has lastTerm set
	firstTerm []uint32 // of each block, in stream
	withTerms []uint64 // by block: the rows that have any
	texts     []string
	amounts   []int64
}

const lastTerm = 1 << 31

// term is what an enrolment says, with positions in texts and amounts.
type term struct {
	since, until, decree, rupiah uint32
	persons                      int32
	program                      uint8
	status                       registry.EnrolmentStatus
}

// gathered are the enrolments of a release before it is known where their households stand.
type gathered struct {
	households []registry.HouseholdID // that have any, in order
	stream     []uint32               // as in history, by household in that order
	terms      dictionary[term]
	texts      dictionary[string]
	amounts    dictionary[int64]
}

// gather reads enrolments of the programmes of d.
func gather(d *registry.Dataset, enrolments iter.Seq2[registry.Enrolment, error]) (*gathered, error) {
	programs := make(map[string]int, len(d.Programs))
	for i := range d.Programs {
		programs[d.Programs[i].Code] = i
	}
	g := &gathered{}
	for n, err := range enrolments {
		if err != nil {
			return nil, err
		}
		p, ok := programs[n.Program]
		if !ok {
			return nil, registry.NotFound("program", "household %s is enrolled in %q, which %s does not have", n.Household, n.Program, d.State.ID())
		}
		if n.Persons < registry.UnknownInt || n.Persons > math.MaxInt32 {
			return nil, registry.Invalid("persons", "household %s: %d persons reached by %s", n.Household, n.Persons, n.Program)
		}
		if last := len(g.households) - 1; last < 0 || g.households[last] != n.Household {
			g.households = append(g.households, n.Household)
		} else {
			g.stream[len(g.stream)-1] &^= lastTerm
		}
		g.stream = append(g.stream, lastTerm|g.terms.add(term{
			since: g.texts.add(string(n.Since)), until: g.texts.add(string(n.Until)), decree: g.texts.add(n.Decree), rupiah: g.amounts.add(n.Rupiah),
			persons: int32(n.Persons), program: uint8(p), status: n.Status,
		}))
	}
	if len(g.stream) >= lastTerm {
		return nil, registry.Invalid("enrolments", "%d enrolments are more than this engine holds", len(g.stream))
	}
	return g, nil
}

// place fills history and the words of programmes.
func (e *Engine) place(g *gathered) error {
	r := e.release
	r.terms, r.texts, r.amounts = slices.Clip(g.terms.values), slices.Clip(g.texts.values), slices.Clip(g.amounts.values)
	r.enrolled = make([]uint64, len(e.blocks)*r.words())
	of := make([]slot, 0, len(g.stream))
	next := 0 // rank of the first household that may still come
	for k := range g.households {
		id := &g.households[k]
		for next < len(e.slots) && compareIDs(&e.ids[e.row(e.slots[next])], id) < 0 {
			next++
		}
		if next == len(e.slots) || e.ids[e.row(e.slots[next])] != *id {
			return registry.NotFound("household", "an enrolment names household %s, which %s does not have or which is out of order", *id, r.d.State.ID())
		}
		b, i := e.slots[next].at()
		for last := false; !last; {
			t := g.stream[len(of)]
			if one := &r.terms[t&^lastTerm]; one.status == registry.EnrolmentActive {
				r.enrolled[b*r.words()+int(one.program)] |= 1 << i
			}
			of = append(of, e.slots[next])
			last = t&lastTerm != 0
		}
	}
	r.lay(e.households, g.stream, of)
	return nil
}

// lay puts the enrolments in the order of rows by counting; those of one household keep their order.
func (hi *history) lay(h *households, stream []uint32, of []slot) {
	at := make([]uint32, len(h.rank)+1) // first by row, then where the row's next one goes
	for _, s := range of {
		at[h.row(s)+1]++
	}
	for row := range h.rank {
		at[row+1] += at[row]
	}
	hi.firstTerm = make([]uint32, len(h.blocks))
	hi.withTerms = make([]uint64, len(h.blocks))
	for b := range h.blocks {
		hi.firstTerm[b] = at[h.blocks[b].start]
	}
	hi.stream = make([]uint32, len(stream))
	for k, s := range of {
		b, i := s.at()
		hi.withTerms[b] |= 1 << i
		row := h.row(s)
		hi.stream[at[row]] = stream[k]
		at[row]++
	}
}

// enrolmentsOf appends those of the household at a slot.
func (e *Engine) enrolmentsOf(s slot, out []registry.Enrolment) []registry.Enrolment {
	b, i := s.at()
	with := e.withTerms[b]
	if with>>i&1 == 0 {
		return out
	}
	k := e.firstTerm[b]
	for before := bits.OnesCount64(with & (1<<i - 1)); before > 0; k++ {
		if e.stream[k]&lastTerm != 0 {
			before--
		}
	}
	id := e.ids[e.row(s)]
	for {
		t := &e.terms[e.stream[k]&^lastTerm]
		out = append(out, registry.Enrolment{
			Household: id, Program: e.d.Programs[t.program].Code, Status: t.status,
			Since: registry.Date(e.texts[t.since]), Until: registry.Date(e.texts[t.until]), Decree: e.texts[t.decree],
			Persons: int(t.persons), Rupiah: e.amounts[t.rupiah],
		})
		if e.stream[k]&lastTerm != 0 {
			return out
		}
		k++
	}
}
