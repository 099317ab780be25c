package model

import (
	"context"

	"github.com/paulmach/orb"

	"kantong/internal/pockets"
	"kantong/internal/registry"
)

// Pocket is a pocket among those of its survey.
type Pocket struct {
	*pockets.SurveyPocket
	position int
	level    *surveyed
}

// surveyed is what the pockets of one answer share.
type surveyed struct {
	memo
	view     *registry.View
	open     Opener
	most     int64
	question pockets.Question
	survey   *pockets.Survey
	how      *Method
}

// PocketQuestion is the arguments of pockets, and what they may cost.
type PocketQuestion struct {
	Open          Opener // of other editions
	Most          int64  // households that are clustered within one request; more are the work of a command
	Filter        *registry.Filter
	RadiusMeters  *float64
	MinHouseholds *int
	First         *int
}

// Pockets surveys what a filter keeps, and gives the first pockets and what to know about the survey.
func Pockets(ctx context.Context, v *registry.View, q PocketQuestion) ([]*Pocket, []string, error) {
	size, err := PageSize(q.First)
	if err != nil {
		return nil, nil, err
	}
	level := &surveyed{view: v, open: q.Open, most: q.Most, question: pockets.Question{Filter: registry.Join(q.Filter, nil),
		RadiusMeters: valueOr(q.RadiusMeters, pockets.DefaultRadiusMeters), MinHouseholds: valueOr(q.MinHouseholds, pockets.DefaultMinHouseholds)}}
	if level.survey, err = level.take(ctx, v); err != nil {
		return nil, nil, err
	}
	level.how = method("density clusters (DBSCAN), distance on the sphere", "Ester, Kriegel, Sander and Xu 1996", "filter", level.question.Filter.String(),
		"radiusMeters", level.question.RadiusMeters, "minHouseholds", level.question.MinHouseholds, "edition", v.State.ID())
	list := level.survey.Pockets[:min(size, len(level.survey.Pockets))]
	out := make([]*Pocket, len(list))
	for i, p := range list {
		out[i] = &Pocket{p, i, level}
	}
	return out, level.survey.Notes, nil
}

func (l *surveyed) take(ctx context.Context, v *registry.View) (*pockets.Survey, error) {
	return pockets.TakeBounded(ctx, v, l.question, l.most)
}

func (p *Pocket) ID() string           { return p.SurveyPocket.ID }
func (p *Pocket) Unit() PocketUnit     { return PocketUnit(p.SurveyPocket.Unit.String()) }
func (p *Pocket) Households() Count    { return households(p.Total) }
func (p *Pocket) People() Count        { return people(p.Total) }
func (p *Pocket) Center() orb.Geometry { return p.SurveyPocket.Center }
func (p *Pocket) Rw() *string          { return optional(p.RW) }
func (p *Pocket) Rt() *string          { return optional(p.RT) }
func (p *Pocket) Notes() []string      { return p.level.survey.Notes }
func (p *Pocket) Method() *Method      { return p.level.how }

// Hull is drawn when asked for.
func (p *Pocket) Hull(ctx context.Context) (orb.Geometry, error) { return p.Geometry(ctx) }

// AreaKm2 is nil where there is no ground to measure.
func (p *Pocket) AreaKm2(ctx context.Context) (*float64, error) {
	km2, err := p.SurveyPocket.AreaKm2(ctx)
	if err != nil || km2 == 0 {
		return nil, err
	}
	return &km2, nil
}

// PocketArea is the part of a pocket in a kelurahan.
type PocketArea struct {
	Area       *Area
	Households Count
}

// Areas come with most households first.
func (p *Pocket) Areas() []PocketArea {
	codes := make([]registry.AreaCode, len(p.SurveyPocket.Areas))
	for i, a := range p.SurveyPocket.Areas {
		codes[i] = a.Area
	}
	nodes, out := areasOf(p.level.view, codes), make([]PocketArea, len(codes))
	for i, a := range p.SurveyPocket.Areas {
		out[i] = PocketArea{nodes.byCode(a.Area), households(a.Total)}
	}
	return out
}

// PocketDeprivation is how a pocket stands out by one deprivation.
type PocketDeprivation struct {
	Deprivation registry.Deprivation
	Pillar      registry.Pillar
	Share       Rate
	Lift        *float64
}

// Profile has every deprivation in its order. It asks once for all pockets.
func (p *Pocket) Profile(ctx context.Context) ([]PocketDeprivation, error) {
	profiles, err := once(ctx, &p.level.memo, func() ([][]pockets.Mark, error) { return p.level.survey.Profiles(ctx) })
	if err != nil {
		return nil, err
	}
	marks := profiles[p.position]
	out := make([]PocketDeprivation, len(marks))
	for i, m := range marks {
		out[i] = PocketDeprivation{m.Deprivation, m.Deprivation.Pillar(), rate(m.Share), figure(m.Lift)}
	}
	return out, nil
}

// Unreached asks once for all pockets.
func (p *Pocket) Unreached(ctx context.Context, program string) (*Count, error) {
	tallies, err := once(ctx, &p.level.memo, func() ([]registry.Tally, error) { return p.level.survey.Unreached(ctx, program) })
	if err != nil {
		return nil, err
	}
	return new(households(tallies[p.position])), nil
}

// match is the surveys' pockets beside each other.
type match struct {
	earlier *pockets.Survey
	pairs   []pockets.Pair
}

// SameAs surveys the other edition once for all pockets.
func (p *Pocket) SameAs(ctx context.Context, edition string) (*PocketMatch, error) {
	m, err := once(ctx, &p.level.memo, func() (match, error) {
		v, err := p.level.open(ctx, edition)
		if err != nil {
			return match{}, err
		}
		earlier, err := p.level.take(ctx, v)
		if err != nil {
			return match{}, registry.At("edition", err)
		}
		return match{earlier, pockets.SameAs(earlier, p.level.survey)}, nil
	})
	if err != nil {
		return nil, err
	}
	pair := m.pairs[p.position]
	if pair.Earlier < 0 {
		return nil, nil
	}
	other := m.earlier.Pockets[pair.Earlier]
	return &PocketMatch{ID: other.ID, Households: new(count(pair.Households, max(other.Total.Status, p.Total.Status))), Share: pair.Share}, nil
}
