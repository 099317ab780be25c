package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"kantong/internal/access"
	"kantong/internal/registry"
)

type keysCommand struct {
	Create keysCreate `cmd:"" help:"Make a key. It is the last line printed, and is never shown again."`
	List   keysList   `cmd:"" help:"List the keys, ended ones too."`
	Rotate keysRotate `cmd:"" help:"Make a key in the place of another. It is the last line printed, and is never shown again."`
	Revoke keysRevoke `cmd:"" help:"End a key at once."`
}

type keysCreate struct {
	Role         string  `required:"" enum:"partner,planner,admin,auditor" help:"What it may see: ${enum}."`
	Organisation string  `required:"" placeholder:"NAME" help:"Whose key it is."`
	Purpose      string  `placeholder:"TEXT" help:"What the organisation wants it for."`
	Areas        *string `placeholder:"CODE,…" help:"Limit a planner's key to these areas and what lies in them, e.g. 19.71.03 for one kecamatan."`
	Expires      string  `placeholder:"WHEN" help:"When it ends: with the end of a day such as 2026-12-31, or after some days such as 90d (default: never)."`
}

func (c *keysCreate) Run(p *program) error {
	role, err := registry.ParseRole(strings.ToUpper(c.Role))
	if err != nil {
		return err
	}
	r := access.KeyRequest{Role: role, Organisation: c.Organisation, Purpose: c.Purpose, Now: time.Now()}
	if c.Areas != nil { // given and empty is refused: it must not become a key without limit
		for code := range strings.SplitSeq(*c.Areas, ",") {
			r.Areas = append(r.Areas, registry.AreaCode(strings.TrimSpace(code)))
		}
	}
	if r.ExpiresAt, err = expiry(c.Expires, r.Now); err != nil {
		return err
	}
	return p.withStore(func(s *store) error {
		if err := p.checkAreas(s, r.Areas); err != nil {
			return err
		}
		key, k, err := access.CreateKey(p.ctx, s.ledger, r)
		if err != nil {
			return err
		}
		return p.handOut(s, "keys create", key, k)
	})
}

// checkAreas refuses areas that the newest published edition does not have: a key limited to them would see nothing of its
// own. Before anything is published there is nothing to compare with.
func (p *program) checkAreas(s *store, codes []registry.AreaCode) error {
	editions, err := s.Editions(p.ctx)
	if err != nil || len(codes) == 0 || len(editions) == 0 || editions[0].PublishedAt == nil {
		return err
	}
	areas, err := s.Areas(p.ctx, editions[0].ID)
	if err != nil {
		return err
	}
	for _, code := range codes {
		if !slices.ContainsFunc(areas, func(a registry.Area) bool { return a.Code == code }) {
			return registry.NotFound("--areas", "edition %s has no area %s", editions[0].ID, code)
		}
	}
	return nil
}

// expiry reads --expires: the end of a day where the program runs, or a number of days.
func expiry(text string, now time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		end := day.AddDate(0, 0, 1)
		return &end, nil
	}
	days, isDays := strings.CutSuffix(text, "d")
	n, err := strconv.ParseUint(days, 10, 16)
	if !isDays || err != nil {
		return nil, registry.Invalid("--expires", "%q is neither a day such as 2026-12-31 nor a number of days such as 90d", text)
	}
	end := now.AddDate(0, 0, int(n))
	return &end, nil
}

// handOut shows a new key, this once. Where it can't be recorded, nobody gets it.
func (p *program) handOut(s *store, action, key string, k registry.APIKey) error {
	if err := p.audit(s, action, k.ID); err != nil {
		return err
	}
	limits := k.Role.String()
	if len(k.Areas) > 0 {
		limits += ", only " + areasOf(k)
	}
	if k.ExpiresAt != nil {
		limits += ", until " + clock(*k.ExpiresAt)
	}
	_, err := fmt.Fprintf(p.stdout, "Key %s for %s (%s). Send it as: Authorization: Bearer KEY. It is not kept here; store it now:\n%s\n", k.ID, k.Organisation, limits, key)
	return err
}

func areasOf(k registry.APIKey) string {
	var codes []string
	for _, a := range k.Areas {
		codes = append(codes, string(a))
	}
	return strings.Join(codes, ", ")
}

type keysList struct{}

func (*keysList) Run(p *program) error {
	return p.withStore(func(s *store) error {
		keys, err := s.ledger.Keys(p.ctx)
		if err != nil {
			return err
		}
		now := time.Now()
		t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tROLE\tORGANISATION\tPURPOSE\tAREAS\tCREATED\tEND")
		for _, k := range keys {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Role, cell(k.Organisation), cell(k.Purpose), cell(areasOf(k)), clock(k.CreatedAt), ending(k, now))
		}
		if err := t.Flush(); err != nil {
			return err
		}
		return p.audit(s, "keys list", "")
	})
}

// ending tells when a key ends or ended, and why.
func ending(k registry.APIKey, now time.Time) string {
	at, ended := access.KeyEnd(k, now)
	switch {
	case at == nil:
		return "never"
	case !ended:
		return "expires " + clock(*at)
	case k.RevokedAt != nil && at.Equal(*k.RevokedAt):
		return "revoked " + clock(*at)
	}
	return "expired " + clock(*at)
}

type keysRotate struct {
	ID    string        `arg:"" help:"Id of the key to replace, as keys list shows it."`
	Grace time.Duration `default:"0s" placeholder:"TIME" help:"How long the old key is good still, such as 24h, so that its owner can change over (default: it ends at once)."`
}

func (c *keysRotate) Run(p *program) error {
	return p.withStore(func(s *store) error {
		now := time.Now()
		key, k, err := access.RotateKey(p.ctx, s.ledger, c.ID, c.Grace, now)
		if err != nil {
			return err
		}
		if err := p.audit(s, "keys rotate", c.ID); err != nil {
			return err
		}
		end := now.Add(c.Grace)
		if k.ExpiresAt != nil && k.ExpiresAt.Before(end) { // the old key's own end is the new one's
			end = *k.ExpiresAt
		}
		fmt.Fprintf(p.stdout, "Key %s ends %s.\n", c.ID, clock(end))
		return p.handOut(s, "keys create", key, k)
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
		return p.audit(s, "keys revoke", c.ID)
	})
}
