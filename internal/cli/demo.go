package cli

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/dustin/go-humanize"

	"kantong/geodata"
	"kantong/internal/access"
	"kantong/internal/registry"
	"kantong/web"
)

type demoCommand struct {
	serveCommand
	Households int    `default:"24000" placeholder:"N" help:"Families in the city (default ${default}). A million takes about a minute to make, with flat memory."`
	Areas      string `placeholder:"FILE" help:"Make it on these boundaries (GeoJSON) instead of the schematic ones."`
}

// Names of the demonstration edition and of its keys' owner.
const (
	demoEdition      = "demo"
	demoRelease      = "2025-10"
	demoOrganisation = "demonstration"
)

func (c *demoCommand) Run(p *program) error {
	return p.withStore(func(s *store) error {
		if err := p.ensureDemo(s, c); err != nil {
			return err
		}
		key, err := p.demoKey(s.ledger)
		if err != nil {
			return err
		}
		return p.serve(s, &c.serveCommand, func(address string) { p.welcome(address, key) })
	})
}

// ensureDemo makes the city unless the directory has it already.
func (p *program) ensureDemo(s *store, c *demoCommand) error {
	editions, err := s.Editions(p.ctx)
	if err != nil {
		return err
	}
	where := p.config.Data
	if s.database != nil {
		where = "the database"
	}
	for _, e := range editions {
		switch {
		case e.ID != demoEdition || !e.Synthetic:
			return registry.Conflict("", "%s holds the edition %s: the demonstration wants a place of its own, e.g. --data ./demo-data", where, e.ID)
		case e.PublishedAt == nil: // a former start was ended before it was done
			if err := s.Discard(p.ctx, demoEdition, ""); err != nil {
				return err
			}
		case e.Households != int64(c.Households) || e.Boundaries != c.boundaries():
			return registry.Conflict("", "%s holds a demonstration city of %s families on %s: use another --data for another city", where, humanize.Comma(e.Households), e.Boundaries)
		default:
			return nil
		}
	}
	return p.makeDemo(s, c)
}

// boundaries says where the city's come from.
func (c *demoCommand) boundaries() string {
	if c.Areas != "" {
		return "imported from " + filepath.Base(c.Areas)
	}
	return geodata.SchematicSource
}

// demoKey makes a planner's key for this start. Keys are not kept, so the former start's is revoked.
func (p *program) demoKey(ledger registry.Ledger) (string, error) {
	keys, err := ledger.Keys(p.ctx)
	if err != nil {
		return "", err
	}
	for _, k := range keys {
		if k.Organisation == demoOrganisation && k.RevokedAt == nil {
			if err := ledger.RevokeKey(p.ctx, k.ID, time.Now()); err != nil {
				return "", err
			}
		}
	}
	key, _, err := access.CreateKey(p.ctx, ledger, registry.RolePlanner, demoOrganisation, time.Now())
	return key, err
}

func (p *program) welcome(address, key string) {
	fmt.Fprintf(p.stdout, "\nkantong is ready at %s — open it in a browser, or ask over GraphQL:\n", address)
	for i, q := range web.Queries() {
		header := ""
		if q.NeedsKey {
			header = " -H 'Authorization: Bearer " + key + "'"
		}
		fmt.Fprintf(p.stdout, "\n%d. %s\n   curl -s %s/graphql%s -H 'Content-Type: application/json' -d '%s'\n", i+1, q.Title, address, header, q.JSON())
	}
	data, err := filepath.Abs(p.config.Data)
	if err != nil {
		data = p.config.Data
	}
	if p.config.Database != "" {
		data = "the database"
	}
	fmt.Fprintf(p.stdout, "\nThe data is in %s; Ctrl+C stops the server. All households are made up.\nA planner's key, for this start only:\n%s\n", data, key)
}
