package columnar

import (
	"context"
	"iter"
	"slices"

	"kantong/internal/registry"
)

// release is what a release of enrolments and a revision of the programmes say.
type release struct {
	d     *registry.Dataset
	above [registry.LevelKelurahan + 1][]int32 // by level and kelurahan: position of the area it lies in; -1 for none

	// enrolled holds the words of a block together: the rows with an ACTIVE enrolment in each programme, then the rows
	// that are UNSERVED.
	enrolled []uint64
	eligible []uint64 // by block and programme: the rows that the programme's rule keeps
	history
	kept  []tally          // by kelurahan, in the layout of keptMeasures
	shown []registry.Tally // the same, as answers hold them
}

// WithEnrolments gives an engine for another release of the same edition, or after programmes were redefined. It shares
// the household columns with e. enrolments come by household, programme and since.
func (e *Engine) WithEnrolments(d *registry.Dataset, enrolments iter.Seq2[registry.Enrolment, error]) (*Engine, error) {
	g, err := gather(d, enrolments)
	if err != nil {
		return nil, err
	}
	return e.with(d, g)
}

func (e *Engine) with(d *registry.Dataset, g *gathered) (*Engine, error) {
	if len(d.Programs) > registry.MaxPrograms {
		return nil, registry.Invalid("programs", "%d programmes; an edition may have %d", len(d.Programs), registry.MaxPrograms)
	}
	kelurahan := d.Areas.Level(registry.LevelKelurahan)
	same := slices.EqualFunc(kelurahan, e.codes, func(i int, code registry.AreaCode) bool { return d.Areas.Area(i).Code == code })
	if !same {
		return nil, registry.Conflict("areas", "the kelurahan of %s are not those of the edition in memory", d.State.ID())
	}
	r := &release{d: d}
	for level := registry.LevelProvinsi; level <= registry.LevelKelurahan; level++ {
		r.above[level] = make([]int32, len(e.codes))
		for k, code := range e.codes {
			r.above[level][k] = -1
			if i, ok := d.Areas.Find(code.At(level)); ok {
				r.above[level][k] = int32(i)
			}
		}
	}
	out := &Engine{e.households, r}
	if err := out.place(g); err != nil {
		return nil, err
	}
	out.findUnserved()
	if err := out.findEligible(); err != nil {
		return nil, err
	}
	out.keep()
	return out, nil
}

// words is how many words of enrolled a block has.
func (r *release) words() int { return len(r.d.Programs) + 1 }

// enrolledIn are the block's rows with an ACTIVE enrolment in the programme at position p.
func (r *release) enrolledIn(b, p int) uint64 { return r.enrolled[b*r.words()+p] }

// unserved are the block's rows in decile 1 to 4 without any ACTIVE enrolment.
func (r *release) unserved(b int) uint64 { return r.enrolled[b*r.words()+len(r.d.Programs)] }

func (e *Engine) findUnserved() {
	for b := range e.blocks {
		var poor, served uint64
		for d := 1; d <= 4; d++ {
			poor |= e.sets[b].decile[d]
		}
		for p := range e.d.Programs {
			served |= e.enrolledIn(b, p)
		}
		e.enrolled[b*e.words()+len(e.d.Programs)] = poor &^ served
	}
}

// findEligible tries every rule on everybody, once: who asks for the eligible then asks for a word.
func (e *Engine) findEligible() error {
	programs := len(e.d.Programs)
	e.eligible = make([]uint64, len(e.blocks)*programs)
	for p := range e.d.Programs {
		rule := &e.d.Programs[p].Eligibility
		if rule.UsesEligibility() {
			return registry.Invalid("eligibility", "the rule of programme %s rests on another programme's", e.d.Programs[p].Code)
		}
		c := compiler{e: e}
		for b, m := range e.newScan(context.Background(), c.node(rule), nil).blocks() {
			e.eligible[b*programs+p] = m
		}
	}
	return nil
}
