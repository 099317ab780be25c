package cli

import (
	"fmt"

	"kantong/graph"
	"kantong/internal/disclosure"
	"kantong/internal/filestore"
	"kantong/internal/server"
	"kantong/web"
)

type serveCommand struct {
	Listen      string   `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on; port 0 takes a free one (default ${default})."`
	AllowOrigin []string `placeholder:"ORIGIN" help:"Origins whose pages may call the API from a browser, e.g. https://map.example.org, or * for any."`
}

func (c *serveCommand) Run(p *program) error {
	return p.withStore(func(store *filestore.Store) error {
		return p.serve(store, c, func(address string) { fmt.Fprintf(p.stdout, "kantong is ready at %s\n", address) })
	})
}

// serve answers requests until the program is told to stop.
func (p *program) serve(store *filestore.Store, c *serveCommand, ready func(address string)) error {
	gate, err := disclosure.NewGate(p.ctx, source{store})
	if err != nil {
		return err
	}
	return server.Run(p.ctx, server.Config{Listen: c.Listen, AllowOrigin: c.AllowOrigin, Limits: graph.DefaultLimits(), Gate: gate,
		Ledger: store.Ledger(), SchemaText: graph.SDL(), Files: web.Files(), Log: p.log}, ready)
}
