package columnar

import (
	"iter"
	"slices"

	"kantong/internal/registry"
)

// release is what a release of enrolments and a revision of the programmes say.
type release struct {
	d       *registry.Dataset
	above   [registry.LevelKelurahan + 1][]int32 // by level and kelurahan: position of the area it lies in; -1 for none
	regions map[*registry.Spatial]*region        // of the programmes' rules

	// enrolled holds the words of a block together: the rows with an ACTIVE enrolment in each programme, then the rows
	// that are UNSERVED.
	enrolled []uint64
	history
	kept  []tally          // by kelurahan, in the layout of every measure
	shown []registry.Tally // the same, as answers hold them
}

// WithEnrolments gives an engine for another release of the same edition, or after programmes were redefined. It shares
// the household columns with e. enrolments come by household, programme and since.
func (e *Engine) WithEnrolments(d *registry.Dataset, enrolments iter.Seq2[registry.Enrolment, error]) (*Engine, error) {
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
	if err := out.readEnrolments(enrolments); err != nil {
		return nil, err
	}
	out.findUnserved()
	r.regions = map[*registry.Spatial]*region{}
	for i := range d.Programs {
		rule := &d.Programs[i].Eligibility
		if rule.UsesEligibility() {
			return nil, registry.Invalid("eligibility", "the rule of programme %s rests on another programme's", d.Programs[i].Code)
		}
		_ = rule.Walk(func(_ string, f *registry.Filter) error {
			if f.Where != nil {
				r.regions[f.Where] = newRegion(f.Where)
			}
			return nil
		})
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
