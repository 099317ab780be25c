package model

import (
	"context"

	"kantong/internal/registry"
)

// Enrolment is a household in a programme.
type Enrolment struct {
	e       *registry.Enrolment
	program *Program
}

func (e *Enrolment) Program() *Program                { return e.program }
func (e *Enrolment) Status() registry.EnrolmentStatus { return e.e.Status }
func (e *Enrolment) Since() *registry.Date            { return optional(e.e.Since) }
func (e *Enrolment) Until() *registry.Date            { return optional(e.e.Until) }
func (e *Enrolment) Persons() *int                    { return known(e.e.Persons) }
func (e *Enrolment) Rupiah() *int64                   { return knownRupiah(e.e.Rupiah) }
func (e *Enrolment) Decree() *string                  { return optional(e.e.Decree) }

// Enrolments come with the details of all households of the level; their programmes are one level too.
func (h *Household) Enrolments(ctx context.Context) ([]Enrolment, error) {
	d, err := h.details(ctx)
	if err != nil {
		return nil, err
	}
	nodes, err := onceOf(ctx, &h.level.memo, enrolled{ctx, h.level}, enrolled.programs)
	if err != nil {
		return nil, err
	}
	out := make([]Enrolment, len(d.Enrolments))
	for i := range d.Enrolments {
		out[i] = Enrolment{&d.Enrolments[i], nodes[d.Enrolments[i].Program]}
	}
	return out, nil
}

// enrolled is a level of which a field asks who is enrolled in what.
type enrolled struct {
	ctx   context.Context
	level *householdLevel
}

// programs gives the programmes that any household of the level is enrolled in.
func (l enrolled) programs() (map[string]*Program, error) {
	all, err := l.level.details(l.ctx)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, d := range all {
		for _, e := range d.Enrolments {
			used[e.Program] = true
		}
	}
	byCode := make(map[string]*Program, len(used))
	for _, p := range Programs(l.level.view, func(p *registry.Program) bool { return used[p.Code] }) {
		byCode[p.Code()] = p
	}
	return byCode, nil
}
