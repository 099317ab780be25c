package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"kantong/graph"
	"kantong/internal/audit"
	"kantong/internal/changes"
	"kantong/internal/disclosure"
	"kantong/internal/observe"
	"kantong/internal/registry"
	"kantong/internal/server"
	"kantong/web"
)

type serveCommand struct {
	Listen      string   `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on; port 0 takes a free one (default ${default})."`
	AllowOrigin []string `placeholder:"ORIGIN" help:"Origins whose pages may call the API from a browser, e.g. https://map.example.org, or * for any."`
	rateFlags
	engineFlags
	protectionFlags
	uploadFlags
	Basemap            string `placeholder:"URL" help:"Raster tiles for the page's map to be drawn on, e.g. https://tile.example.org/{z}/{x}/{y}.png. Browsers then connect there; without it they connect to nobody else."`
	BasemapAttribution string `placeholder:"TEXT" help:"Whom to name for these tiles."`
}

func (c *serveCommand) Run(p *program) error {
	return p.withStore(func(s *store) error {
		return p.serve(s, c, func(address string) { fmt.Fprintf(p.stdout, "kantong is ready at %s\n", address) })
	})
}

// serve answers requests until the program is told to stop.
func (p *program) serve(s *store, c *serveCommand, ready func(address string)) (err error) {
	tracer, stopTracing, err := observe.NewTracer(p.ctx, Version())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopTracing(context.WithoutCancel(p.ctx))) }()
	observer := observe.Observer{Metrics: observe.NewMetrics(), Tracer: tracer}
	proxies, err := c.proxies()
	if err != nil {
		return err
	}
	basemap, err := server.NewBasemap(c.Basemap, c.BasemapAttribution)
	if err != nil {
		return err
	}
	src, err := p.source(s, c.engineFlags, observer)
	if err != nil {
		return err
	}
	budgets := disclosure.NewBudgets(s.ledger, c.CellBudget, nil)
	gate, err := c.gate(p.ctx, src, budgets)
	if err != nil {
		return err
	}
	if s.database != nil {
		go p.follow(s, gate)
	}
	log := audit.NewLog(s.ledger)
	queue, err := p.queue(s, c.uploadFlags, log, gate.Refresh)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, queue.Close()) }()
	ctx, stop := context.WithCancel(p.ctx)
	var working sync.WaitGroup
	defer func() { stop(); working.Wait() }() // an import that is at work is rolled back, to be run again
	working.Go(func() { queue.Run(ctx) })
	resolver := &graph.Resolver{Gate: gate, Limits: graph.DefaultLimits(), Budgets: budgets, Audit: log, Ledger: s.ledger,
		Desk: changes.NewDesk(changes.Options{Store: s.Store, Ledger: s.ledger, Secrets: func() (registry.Secrets, error) { return p.secrets(s) },
			Cancel: queue.Cancel, Refresh: gate.Refresh, Now: time.Now, Log: func(_ context.Context, message string, err error) { p.log.Error(message, "error", err) }})}
	return server.Run(p.ctx, server.Config{Listen: c.Listen, AllowOrigin: c.AllowOrigin, Rates: server.Rates{Key: c.RateKey, Address: c.RateAddress},
		TrustedProxies: proxies, Resolver: resolver,
		Ledger: s.ledger, Imports: queue, SchemaText: graph.SDL(), Files: web.Files(), Basemap: basemap, Log: p.log, Observer: observer}, ready)
}

// follow takes over what other programs publish on the same database, as soon as it is open here.
func (p *program) follow(s *store, gate *disclosure.Gate) {
	err := s.database.Listen(p.ctx, func(state string) {
		if err := gate.Refresh(p.ctx); err != nil && p.ctx.Err() == nil {
			p.log.Error("a publication can't be taken over yet; the former is served", "state", state, "error", err)
			return
		}
		p.log.Info("publications are current", "told", state)
	})
	if err != nil && p.ctx.Err() == nil {
		p.log.Error("publications of others are no longer heard of", "error", err)
	}
}
