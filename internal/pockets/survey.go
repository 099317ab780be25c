package pockets

import (
	"context"
	"errors"
	"runtime"
	"strings"

	"kantong/internal/registry"
)

// What a survey asks for unless somebody says otherwise, and the most that it takes.
const (
	DefaultRadiusMeters  = 150
	DefaultMinHouseholds = 15
	MaxRadiusMeters      = 10_000
	MaxMinHouseholds     = 1_000_000
)

// Question says which households a survey is about and what counts as a pocket of them. Nothing has a default: zero is
// refused, so that a zero somebody wrote is not taken for none.
type Question struct {
	Filter        registry.Filter
	RadiusMeters  float64 // how far neighbours are from each other at most: above 0, at most MaxRadiusMeters
	MinHouseholds int     // how many households the neighbours of a core are at least: 1 to MaxMinHouseholds
	// Progress, if given, hears how much of the work is done: now and then, and all at the end.
	Progress func(done, total int)
}

// Check refuses a radius or minimum out of bounds.
func (q *Question) Check() error {
	if !(q.RadiusMeters > 0 && q.RadiusMeters <= MaxRadiusMeters) {
		return registry.Invalid("radiusMeters", "%g: give how many metres neighbours are from each other at most, above 0 and at most %d", q.RadiusMeters, MaxRadiusMeters)
	}
	if q.MinHouseholds < 1 || q.MinHouseholds > MaxMinHouseholds {
		return registry.Invalid("minHouseholds", "%d: give how many households live within the radius at least, 1 to %d", q.MinHouseholds, MaxMinHouseholds)
	}
	return nil
}

// manyPoints is from how many points on memory is given back at once when they have been read: they came in several hundred
// megabytes that are garbage then, and waiting for the collector would let the process grow by twice as much.
const manyPoints = 1_000_000

// progress passes on what Find tells, and leaves something to do after it.
func (q *Question) progress(done, total int) {
	if q.Progress != nil {
		q.Progress(done, total+1)
	}
}

func (q *Question) points(f registry.Filter) registry.PointsQuery {
	return registry.PointsQuery{Filter: f, Unlocated: true, Together: q.MinHouseholds}
}

// Survey is the pockets of the households that a filter keeps, as the viewer may see them: of households, or of blocks of
// them. It is immutable and safe for concurrent use.
type Survey struct {
	Pockets []*SurveyPocket // most households first, then by id
	Blocks  bool            // blocks were seen, not households

	// Of all households that the filter keeps; of blocks that hold any, the sum of what is shown.
	Located, Unlocated, InPockets registry.Tally

	Notes []string // what to know before using it, sentences

	view     *registry.View
	question Question
	members  []member          // of all pockets, by id
	blocks   []*registry.Block // all that were seen, of pockets or not
}

// member is a household or block of a pocket.
type member struct {
	id         registry.HouseholdID
	households int64
	pocket     int // position in Survey.Pockets
}

// TakeSurvey finds the pockets among the households that a question is about, of the minimum of households and more. Those with
// a location are in a pocket by density, at a border in that of the nearest core; those without by where they are registered: each neighbourhood unit (RT) that has the minimum of them is a pocket,
// and so is each kelurahan that has it among those whose unit nobody recorded. Blocks without a location go by kelurahan.
//
// Errors name a member of the question ("filter.areas[0]"). They are those of the engine, and BAD_USER_INPUT for a radius or
// minimum out of bounds. A context that ends is its own error. That there is nobody, or no pocket, is none.
func TakeSurvey(ctx context.Context, v *registry.View, q Question) (*Survey, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	seen, err := read(ctx, v, q.points(q.Filter))
	if err != nil {
		return nil, err
	}
	if len(seen.located.points)+len(seen.unlocated.points) >= manyPoints {
		runtime.GC()
	}
	found, err := Find(ctx, seen.located.points, Options{RadiusMeters: q.RadiusMeters, MinWeight: int64(q.MinHouseholds), Progress: q.progress})
	if err != nil {
		return nil, err
	}
	found, tooSmall := enoughIn(seen.located.points, found, int64(q.MinHouseholds))
	s := &Survey{Blocks: seen.blocks, Located: seen.located.total.tally(), Unlocated: seen.unlocated.total.tally(), view: v, question: q, blocks: seen.allBlocks}
	enough, tooFew := seen.groups(int64(q.MinHouseholds))
	if err := s.describe(ctx, seen, found, enough); err != nil {
		return nil, err
	}
	s.Notes = s.notes(seen, tooFew, tooSmall)
	if q.Progress != nil {
		q.Progress(1, 1)
	}
	return s, nil
}

// TakeBounded is TakeSurvey for one request: of more households than most it is COMPLEXITY_LIMIT_EXCEEDED with field filter.
// Only an edition that has more is asked how many the filter keeps.
func TakeBounded(ctx context.Context, v *registry.View, q Question, most int64) (*Survey, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	if v.State.Edition.Households > most {
		answers, err := v.Summarise(ctx, []registry.SummaryQuery{{Filter: q.Filter}})
		if err != nil {
			return nil, underFilter(err)
		}
		if n := answers[0][0].Total.Households; n > most {
			return nil, registry.Errorf(registry.CodeComplexity, "filter", "pockets of %d households are too much for one request, which takes %d: narrow the filter to areas or a decile, or run kantong report pockets", n, most)
		}
	}
	return TakeSurvey(ctx, v, q)
}

// enoughIn leaves out pockets with fewer households than the minimum: a core has it around itself, but those at the border may
// have gone to nearer cores of other pockets. So nothing is shown of fewer households than were asked for together.
func enoughIn(points []Point, found []Pocket, least int64) (enough []Pocket, tooSmall int) {
	for _, p := range found {
		households := int64(0)
		for _, m := range p.Members {
			households += points[m].Households
		}
		if households < least {
			tooSmall++
			continue
		}
		enough = append(enough, p)
	}
	return enough, tooSmall
}

// underFilter completes the field of an engine's error, which begins at the filter, or is the header that states a purpose.
func underFilter(err error) error {
	var e *registry.Error
	if !errors.As(err, &e) || e.Field == "" || strings.HasPrefix(e.Field, "Kantong-") {
		return err
	}
	return registry.Under("filter", err)
}
