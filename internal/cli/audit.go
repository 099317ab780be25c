package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"kantong/internal/audit"
	"kantong/internal/filestore"
	"kantong/internal/registry"
)

type auditCommand struct {
	List   auditList   `cmd:"" help:"Show the audit log: who asked for what, why, and how much it showed. Reading it is an entry itself."`
	Verify auditVerify `cmd:"" help:"Prove that no line of the audit log was changed or taken out."`
	Head   auditHead   `cmd:"" help:"Print the end of the audit log, one line. Keep it elsewhere: with it, audit verify tells more."`
}

// audit records what a command did, after it was done. Whoever can run commands on a store can do anything with it, and
// who that is stays outside of the log: the name of an account would be personal data.
func (p *program) audit(s *store, action, operation string, states ...string) error {
	return p.auditEntry(s, registry.AuditEntry{Action: action, Operation: operation, States: states})
}

// auditEntry is audit with more to say.
func (p *program) auditEntry(s *store, e registry.AuditEntry) error {
	e.At, e.Role = time.Now(), registry.RoleAdmin
	if err := audit.NewLog(s.ledger).Write(p.ctx, e); err != nil {
		return fmt.Errorf("%s is done, but is not in the audit log: %w", e.Action, err)
	}
	return nil
}

// auditBeside records what was done to a whole store, which this command doesn't have open and a server may. The deed stands,
// so that it can't be recorded is a note and no failure: a restored database may lack tables that this version writes to.
func (p *program) auditBeside(action, operation string) {
	if err := p.withLedger(func(s *store) error { return p.audit(s, action, operation) }); err != nil {
		fmt.Fprintf(p.stdout, "Note: this is not in the audit log: %s\n", explain(err))
	}
}

// withLedger opens the configured store's ledger for the time of one piece of work, without the lock of a data directory.
func (p *program) withLedger(work func(*store) error) (err error) {
	if p.config.Database != "" {
		return p.withStore(work)
	}
	ledger, err := filestore.OpenLedger(p.ctx, p.config.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ledger.Close()) }()
	return work(&store{ledger: ledger})
}

type auditList struct {
	After int64 `default:"0" placeholder:"N" help:"Begin after line N."`
	First int64 `default:"100" placeholder:"N" help:"Show at most N lines (default ${default})."`
	JSON  bool  `name:"json" help:"Print one JSON object a line, with everything that is in an entry."`
}

func (c *auditList) Run(p *program) error {
	if c.After < 0 || c.First < 1 {
		return registry.Invalid("", "--after must be 0 or more, --first 1 or more")
	}
	return p.withStore(func(s *store) error {
		show, flush := p.auditTable()
		if c.JSON {
			show, flush = p.auditLines()
		}
		last, shown := c.After, int64(0)
		for e, err := range audit.Entries(p.ctx, s.ledger, c.After) {
			if err != nil {
				return err
			}
			if err := show(&e); err != nil {
				return err
			}
			last, shown = e.Sequence, shown+1
			if shown == c.First {
				break
			}
		}
		if err := flush(); err != nil {
			return err
		}
		head, err := s.ledger.AuditHead(p.ctx)
		if err != nil {
			return err
		}
		if !c.JSON && head.Sequence > last {
			fmt.Fprintf(p.stdout, "The log goes on: kantong audit list --after %d\n", last)
		}
		return p.audit(s, "audit list", fmt.Sprintf("lines %d to %d", c.After+1, last)) // to before the first when there is none
	})
}

// auditTable shows entries to a person, all at flush.
func (p *program) auditTable() (show func(*registry.AuditEntry) error, flush func() error) {
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "LINE\tTIME\tWHO\tROLE\tPURPOSE\tACTION\tOPERATION\tSTATES\tROWS\tOUTCOME")
	return func(e *registry.AuditEntry) error {
		_, err := fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", e.Sequence, clock(e.At), cell(who(e)), e.Role, cell(e.Purpose), cell(e.Action),
			cell(e.Operation), cell(strings.Join(e.States, ", ")), e.Rows, cell(orElse(string(e.Outcome), "done")))
		return err
	}, t.Flush
}

func who(e *registry.AuditEntry) string {
	switch {
	case e.KeyID != "":
		return e.Organisation + " (" + e.KeyID + ")"
	case e.Role == registry.RolePublic:
		return "the public"
	}
	return "command line"
}

// clock writes a moment as people here read it off the wall.
func clock(at time.Time) string { return at.Local().Format("2006-01-02 15:04:05 MST") }

// cell makes a text fit for a table on a terminal: clients choose some texts, and could send control characters.
func cell(text string) string {
	return orElse(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '·'
	}, text), "-")
}

// auditLine is an entry as programs read it.
type auditLine struct {
	Sequence     int64         `json:"sequence"`
	At           time.Time     `json:"at"`
	KeyID        string        `json:"keyId"`
	Role         string        `json:"role"`
	Organisation string        `json:"organisation"`
	Purpose      string        `json:"purpose"`
	Action       string        `json:"action"`
	Operation    string        `json:"operation"`
	SHA256       string        `json:"sha256"`
	Fields       []string      `json:"fields"`
	States       []string      `json:"states"`
	Rows         int64         `json:"rows"`
	Outcome      registry.Code `json:"outcome"`
	RequestID    string        `json:"requestId"`
	Hash         string        `json:"hash"`
}

// auditLines shows entries to a program.
func (p *program) auditLines() (show func(*registry.AuditEntry) error, flush func() error) {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false)
	return func(e *registry.AuditEntry) error {
		return encoder.Encode(auditLine{e.Sequence, e.At.UTC(), e.KeyID, e.Role.String(), e.Organisation, e.Purpose, e.Action, e.Operation, e.SHA256,
			append([]string{}, e.Fields...), append([]string{}, e.States...), e.Rows, e.Outcome, e.RequestID, fmt.Sprintf("%x", e.Hash)})
	}, func() error { return nil }
}

type auditVerify struct {
	Head string `placeholder:"TEXT" help:"What audit head printed at some time. Without it nobody can tell whether lines were taken from the end of the log, or all of it was made anew."`
}

func (c *auditVerify) Run(p *program) error {
	var kept registry.AuditHead
	if c.Head != "" {
		var err error
		if kept, err = audit.ParseHead(c.Head); err != nil {
			return err
		}
	}
	return p.withStore(func(s *store) error {
		r, err := audit.Verify(p.ctx, s.ledger, kept)
		if err != nil {
			return err
		}
		if r.Fault != nil {
			return registry.Conflict("", "the audit log is not what was written: %s. The %d lines before fit", r.Fault, r.Entries)
		}
		fmt.Fprintf(p.stdout, "The audit log is whole: %d lines, each as it was written.\n", r.Entries)
		if c.Head == "" {
			fmt.Fprintln(p.stdout, "Whether lines were taken from its end can be told with a head that was kept elsewhere: kantong audit verify --head TEXT")
		} else {
			fmt.Fprintf(p.stdout, "Up to line %d it is what it was when that head was kept.\n", kept.Sequence)
		}
		fmt.Fprintln(p.stdout, audit.HeadText(r.Head))
		return nil
	})
}

type auditHead struct{}

func (*auditHead) Run(p *program) error {
	return p.withStore(func(s *store) error {
		head, err := s.ledger.AuditHead(p.ctx)
		if err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, audit.HeadText(head))
		return nil
	})
}
