package cli

import (
	"context"

	"kantong/graph"
	"kantong/internal/audit"
	"kantong/internal/observe"
)

// withExecutor answers operations without a server, for the time of one piece of work; name stands in the audit log where
// a request's id would.
func (p *program) withExecutor(name string, e engineFlags, f protectionFlags, work func(graph.Executor) error) error {
	return p.withStore(func(s *store) error {
		tracer, stopTracing, err := observe.NewTracer(p.ctx, Version())
		if err != nil {
			return err
		}
		defer func() { _ = stopTracing(context.WithoutCancel(p.ctx)) }() // the answer matters more than its trace
		src, err := p.source(s, e, observe.Observer{Metrics: observe.NewMetrics(), Tracer: tracer})
		if err != nil {
			return err
		}
		gate, err := f.gate(p.ctx, src, nil)
		if err != nil {
			return err
		}
		return work(graph.NewExecutor(&graph.Resolver{Gate: gate, Limits: graph.DefaultLimits(), Audit: audit.NewLog(s.ledger), Ledger: s.ledger},
			graph.Options{Log: p.log, RequestID: func(context.Context) string { return name }}))
	})
}
