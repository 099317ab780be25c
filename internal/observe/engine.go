package observe

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"kantong/internal/registry"
)

// Observer measures and traces.
type Observer struct {
	*Metrics
	Tracer trace.Tracer
}

// Engine wraps an engine so that its calls are counted under the engine's name, and traced.
func (o Observer) Engine(name string, e registry.Engine) registry.Engine {
	return &engine{e, name, o}
}

type engine struct {
	inner registry.Engine
	name  string
	o     Observer
}

// call runs one call of an engine.
func call[T any](ctx context.Context, e *engine, name string, ask func(context.Context) (T, error), attributes ...attribute.KeyValue) (T, error) {
	ctx, span := e.o.Tracer.Start(ctx, "engine."+name, trace.WithAttributes(append(attributes, attribute.String("engine", e.name))...))
	start := time.Now()
	answer, err := ask(ctx)
	code := registry.CodeOf(err)
	e.o.engine.WithLabelValues(e.name, name, orOK(string(code))).Observe(time.Since(start).Seconds())
	if err != nil {
		span.SetStatus(codes.Error, string(code))
	}
	span.End()
	return answer, err
}

func (e *engine) Summarise(ctx context.Context, q []registry.SummaryQuery) ([][]registry.Cell, error) {
	return call(ctx, e, "Summarise", func(ctx context.Context) ([][]registry.Cell, error) { return e.inner.Summarise(ctx, q) }, attribute.Int("queries", len(q)))
}

func (e *engine) Rows(ctx context.Context, q registry.RowsQuery) ([]registry.RowsPage, error) {
	return call(ctx, e, "Rows", func(ctx context.Context) ([]registry.RowsPage, error) { return e.inner.Rows(ctx, q) }, attribute.Int("parents", len(q.Parents)))
}

func (e *engine) Points(ctx context.Context, q registry.PointsQuery) ([]registry.WeightedPoint, error) {
	return call(ctx, e, "Points", func(ctx context.Context) ([]registry.WeightedPoint, error) { return e.inner.Points(ctx, q) })
}

func (e *engine) Details(ctx context.Context, ids []registry.HouseholdID, want registry.DetailParts) ([]registry.Details, error) {
	return call(ctx, e, "Details", func(ctx context.Context) ([]registry.Details, error) { return e.inner.Details(ctx, ids, want) }, attribute.Int("ids", len(ids)))
}

// Store wraps a store so that the calls that requests wait for are counted.
func (o Observer) Store(s registry.Store) registry.Store { return &store{s, o} }

type store struct {
	registry.Store
	o Observer
}

func (s *store) observe(name string, start time.Time, err error) {
	s.o.store.WithLabelValues(name, orOK(string(registry.CodeOf(err)))).Observe(time.Since(start).Seconds())
}

func (s *store) Editions(ctx context.Context) (list []registry.Edition, err error) {
	defer func(start time.Time) { s.observe("Editions", start, err) }(time.Now())
	return s.Store.Editions(ctx)
}

func (s *store) Areas(ctx context.Context, edition string) (list []registry.Area, err error) {
	defer func(start time.Time) { s.observe("Areas", start, err) }(time.Now())
	return s.Store.Areas(ctx, edition)
}

func (s *store) Attributes(ctx context.Context, edition string, ids []registry.HouseholdID) (list []*registry.Household, err error) {
	defer func(start time.Time) { s.observe("Attributes", start, err) }(time.Now())
	return s.Store.Attributes(ctx, edition, ids)
}
