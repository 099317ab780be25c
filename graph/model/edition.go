package model

import (
	"context"
	"time"

	"kantong/internal/registry"
)

// Edition is a state with its counts as the viewer may see them.
type Edition struct {
	state          registry.State
	version        string
	total, located registry.Tally
	open           Opener
	known          memo
}

// Opener gives the view of an edition or state: some fields need one that their query did not name.
type Opener func(ctx context.Context, edition string) (*registry.View, error)

// NewEdition makes the node of a state.
func NewEdition(s registry.State, version string, total, located registry.Tally, open Opener) *Edition {
	return &Edition{state: s, version: version, total: total, located: located, open: open}
}

// EditionOf makes the node of a view's state.
func EditionOf(v *registry.View) *Edition {
	return NewEdition(v.State, v.Version, v.Total, v.Located, func(context.Context, string) (*registry.View, error) { return v, nil })
}

func (e *Edition) ID() string              { return e.state.Edition.ID }
func (e *Edition) State() string           { return e.state.ID() }
func (e *Edition) Label() string           { return e.state.Edition.Label }
func (e *Edition) Source() string          { return e.state.Edition.Source }
func (e *Edition) AsOf() registry.Date     { return e.state.Edition.AsOf }
func (e *Edition) PublishedAt() *time.Time { return e.state.Release.PublishedAt }
func (e *Edition) Synthetic() bool         { return e.state.Edition.Synthetic }
func (e *Edition) Households() Count       { return households(e.total) }
func (e *Edition) People() Count           { return people(e.total) }
func (e *Edition) Geocoded() Rate          { return rate(registry.Ratio(e.located, e.total)) }
func (e *Edition) Boundaries() string      { return e.state.Edition.Boundaries }
func (e *Edition) Schematic() bool         { return e.state.Edition.Schematic }
func (e *Edition) ContentHash() string     { return e.state.Edition.ContentHash }
func (e *Edition) DataVersion() string     { return e.version }
func (e *Edition) EnrolmentsAsOf() *registry.Date {
	return optional(e.state.Release.EnrolmentsAsOf)
}

// optional gives nil for the empty text.
func optional[T ~string](s T) *T {
	if s == "" {
		return nil
	}
	return &s
}

// known gives nil for an unknown number.
func known(n int) *int {
	if n == registry.UnknownInt {
		return nil
	}
	return &n
}
