package cli

import (
	"fmt"
	"text/tabwriter"

	"kantong/internal/postgis"
	"kantong/internal/registry"
)

type migrateCommand struct {
	Up         migrateUp         `cmd:"" help:"Bring the database's schema up to date. Programs that start together do it once."`
	Status     migrateStatus     `cmd:"" help:"Show which migrations the database has had."`
	Distribute migrateDistribute `cmd:"" help:"Distribute the tables over a Citus cluster by kelurahan code."`
}

// database gives --database, which these commands can't do without.
func (p *program) database() (string, error) {
	if p.config.Database == "" {
		return "", registry.Invalid("--database", "say which: --database postgres://user@host/name")
	}
	return p.config.Database, nil
}

type migrateUp struct{}

func (migrateUp) Run(p *program) error {
	url, err := p.database()
	if err != nil {
		return err
	}
	if err := postgis.Migrate(p.ctx, url); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "The database's schema is up to date.")
	return nil
}

type migrateStatus struct{}

func (migrateStatus) Run(p *program) error {
	url, err := p.database()
	if err != nil {
		return err
	}
	list, err := postgis.Status(p.ctx, url)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MIGRATION\tAPPLIED")
	for _, m := range list {
		fmt.Fprintf(t, "%s\t%s\n", orElse(m.Name, fmt.Sprintf("%d (of a newer program)", m.Version)), map[bool]string{true: "yes", false: "no"}[m.Applied])
	}
	return t.Flush()
}

type migrateDistribute struct{}

func (migrateDistribute) Run(p *program) error {
	if _, err := p.database(); err != nil {
		return err
	}
	return p.withStore(func(s *store) error {
		if err := s.database.Distribute(p.ctx); err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, "The tables are distributed by kelurahan code.")
		return nil
	})
}
