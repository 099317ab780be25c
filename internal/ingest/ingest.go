// Package ingest reads the files an office has (boundaries of every kind, registries and statistics as CSV, programmes as
// JSON) into a draft edition. A row that can't be right is rejected, never repaired: it is listed with its line, column
// and reason in a file beside the input, and counted in the Report. An import is all or nothing: on any error the draft
// is what it was before.
//
// Names and addresses are not stored, and neither they nor identity numbers are written to any list. Numbers that name a
// family or a member of one (family card, NIK, ids of DTKS and P3KE) become keyed hashes the moment they are read: by these
// the next edition and lists of recipients find the family again, also when its card changed.
package ingest

import (
	"time"

	"github.com/paulmach/orb"

	"kantong/internal/registry"
)

// Target is where an import goes and how.
type Target struct {
	Store    registry.Store
	Edition  string
	Release  string // of enrolments; "" for the edition's own
	Append   bool   // add to what the draft holds of the kind instead of replacing it
	DryRun   bool   // everything but the storing: the report says what would be
	Secrets  registry.Secrets
	Known    []KnownArea                           // the gazetteer; may be empty
	Set      map[string]string                     // what holds for every row of a list of enrolments, by attribute
	Progress func(label string, done, total int64) // of what the label says, in bytes, rows or areas; total is 0 when it is not known
	Now      time.Time                             // written to the import log
}

// KnownArea is an entry of the gazetteer: an official code with its names and a point that lies in the area.
type KnownArea struct {
	Code      registry.AreaCode
	Name      string
	BPSCode   string // "" when unknown
	Spellings []string
	Point     orb.Point // the zero point when unknown
}

// Report says what an import did. Rejected rows are counted once, under the first fault found in them.
type Report struct {
	Kind         registry.ImportKind
	File         string
	Rows         int64 // stored
	Rejected     int64
	Reasons      []Reason          // most frequent first
	RejectedFile string            // "" when nothing was rejected
	Families     *FamilyMatches    // of a file of families, where an edition is published
	Recipients   *RecipientMatches // of enrolments and points
	Notes        []string          // what a person should know, one sentence each
	Unchanged    bool              // the draft already held this file: nothing was done
	DryRun       bool              // nothing was stored; Rows is what would have been
	Places       string            // what FirstLine counts, if it is not lines: "row", "record"
	Findings     []Finding
}

// Reason is why rows were rejected.
type Reason struct {
	Column    string // as the file names it; "" when the row as a whole is at fault
	Reason    string
	Count     int64
	FirstLine int // counted from 1
}
