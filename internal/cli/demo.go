package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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
	Areas      string `placeholder:"FILE" help:"Make it on these boundaries (GeoJSON, GeoPackage, or a Shapefile in a zip archive) instead of the schematic ones."`
}

// Names of the demonstration edition and of its keys' owner.
const (
	demoEdition      = "demo"
	demoOrganisation = "demonstration"
)

// demoReleases are the publications of enrolments, oldest first: two, so that there is something to compare.
var demoReleases = []registry.Release{{ID: "2025-06", EnrolmentsAsOf: "2025-06-30"}, {ID: "2025-10", EnrolmentsAsOf: "2025-10-31"}}

func (c *demoCommand) Run(p *program) error {
	return p.withStore(func(s *store) error {
		if err := p.ensureDemo(s, c); err != nil {
			return err
		}
		keys, err := p.demoKeys(s.ledger)
		if err != nil {
			return err
		}
		return p.serve(s, &c.serveCommand, func(address string) { p.welcome(address, keys) })
	})
}

// ensureDemo makes the city, or what a start that was ended left of it to be made.
func (p *program) ensureDemo(s *store, c *demoCommand) error {
	editions, err := s.Editions(p.ctx)
	if err != nil {
		return err
	}
	where := p.config.Data
	if s.database != nil {
		where = "the database"
	}
	var releases []registry.Release
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
			releases = e.Releases
		}
	}
	var missing []registry.Release
	for _, r := range demoReleases {
		at := slices.IndexFunc(releases, func(had registry.Release) bool { return had.ID == r.ID })
		if at >= 0 && releases[at].PublishedAt != nil {
			continue
		}
		if at >= 0 {
			if err := s.Discard(p.ctx, demoEdition, r.ID); err != nil {
				return err
			}
		}
		missing = append(missing, r)
	}
	if len(missing) == 0 {
		return nil
	}
	return p.makeDemo(s, c, len(releases) == 0, missing)
}

// boundaries says where the city's come from.
func (c *demoCommand) boundaries() string {
	if c.Areas != "" {
		return "imported from " + filepath.Base(c.Areas)
	}
	return geodata.SchematicSource
}

// demoRoles are those that the demonstration has a key for, the planner's last.
var demoRoles = []registry.Role{registry.RolePartner, registry.RoleAdmin, registry.RoleAuditor, registry.RolePlanner}

// demoKeys makes a key of each role for this start. Keys are not kept, so those of the former start are revoked.
func (p *program) demoKeys(ledger registry.Ledger) (keys []string, err error) {
	former, err := ledger.Keys(p.ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range former {
		if k.Organisation == demoOrganisation && k.RevokedAt == nil {
			if err := ledger.RevokeKey(p.ctx, k.ID, time.Now()); err != nil {
				return nil, err
			}
		}
	}
	for _, role := range demoRoles {
		key, _, err := access.CreateKey(p.ctx, ledger, access.KeyRequest{Role: role, Organisation: demoOrganisation, Now: time.Now()})
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (p *program) welcome(address string, keys []string) {
	key := keys[len(keys)-1]
	fmt.Fprintf(p.stdout, "\nkantong is ready at %s — open it in a browser, or ask over GraphQL:\n", address)
	for i, q := range web.Queries() {
		header := ""
		if q.NeedsKey {
			header = " -H 'Authorization: Bearer " + key + "' -H 'Kantong-Purpose: trying it out'"
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
	fmt.Fprintf(p.stdout, "\nThe data is in %s; Ctrl+C stops the server. All households are made up.\nKeys, for this start only (Authorization: Bearer KEY). Families are shown to a planner who states a purpose, which is logged.\n", data)
	for i, role := range demoRoles {
		fmt.Fprintf(p.stdout, "%s\n%s\n", strings.ToLower(role.String()), keys[i])
	}
}
