package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"kantong/internal/access"
	"kantong/internal/registry"
)

type keysCommand struct {
	Create keysCreate `cmd:"" help:"Make a key. It is the last line printed, and is never shown again."`
	List   keysList   `cmd:"" help:"List the keys."`
	Revoke keysRevoke `cmd:"" help:"End a key at once."`
}

type keysCreate struct {
	Role         string `required:"" enum:"partner,planner,admin,auditor" help:"What it may see: ${enum}."`
	Organisation string `required:"" placeholder:"NAME" help:"Whose key it is."`
}

func (c *keysCreate) Run(p *program) error {
	role, err := registry.ParseRole(strings.ToUpper(c.Role))
	if err != nil {
		return err
	}
	return p.withStore(func(s *store) error {
		key, k, err := access.CreateKey(p.ctx, s.ledger, role, c.Organisation, time.Now())
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "Key %s for %s (%s). Send it as: Authorization: Bearer KEY. It is not kept here; store it now:\n%s\n", k.ID, k.Organisation, k.Role, key)
		return nil
	})
}

type keysList struct{}

func (*keysList) Run(p *program) error {
	return p.withStore(func(s *store) error {
		keys, err := s.ledger.Keys(p.ctx)
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tROLE\tCREATED\tREVOKED\tORGANISATION")
		for _, k := range keys {
			revoked := "-"
			if k.RevokedAt != nil {
				revoked = k.RevokedAt.Format(time.DateOnly)
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", k.ID, k.Role, k.CreatedAt.Format(time.DateOnly), revoked, k.Organisation)
		}
		return t.Flush()
	})
}

type keysRevoke struct {
	ID string `arg:"" help:"Its id, as keys list shows it."`
}

func (c *keysRevoke) Run(p *program) error {
	return p.withStore(func(s *store) error {
		if err := s.ledger.RevokeKey(p.ctx, c.ID, time.Now()); err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "Key %s is revoked.\n", c.ID)
		return nil
	})
}
