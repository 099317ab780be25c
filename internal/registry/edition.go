package registry

import (
	"regexp"
	"strings"
	"time"
)

// Edition is one published registry: areas, households and indicators, immutable once published.
type Edition struct {
	ID          string // e.g. "2025-q3"
	Label       string // e.g. "DTSEN 2025-Q3"
	Source      string
	AsOf        Date
	Synthetic   bool   // made by a generator: no row stands for a family
	Boundaries  string // where the boundaries come from
	Schematic   bool   // the boundaries are not surveyed
	Households  int64
	People      int64
	Located     int64
	ContentHash string     // SHA-256 in hexadecimal of areas, households and indicators; "" for a draft
	PublishedAt *time.Time // nil for a draft
	Releases    []Release  // published first to last, then drafts
}

// Release is one publication of enrolments on top of an edition.
type Release struct {
	ID             string // e.g. "2025-10"; "" when the edition's own first enrolments have no name
	EnrolmentsAsOf Date
	Enrolments     int64
	ContentHash    string
	PublishedAt    *time.Time
}

// State is an edition with one of its releases: what every answer is computed from. It never changes.
type State struct {
	Edition Edition // with Releases left out
	Release Release
	Hash    string // of both contents
}

// ID names the state: "2025-q3+2025-10", or "2025-q3" where the release has no name.
func (s State) ID() string { return StateID(s.Edition.ID, s.Release.ID) }

// StateID joins the names of an edition and a release.
func StateID(edition, release string) string {
	if release == "" {
		return edition
	}
	return edition + "+" + release
}

// SplitStateID parts an edition argument into edition and release; release is "" when not named.
func SplitStateID(id string) (edition, release string) {
	edition, release, _ = strings.Cut(id, "+")
	return edition, release
}

var editionID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// CheckEditionID tells whether id can name an edition or a release; field says which of the two.
func CheckEditionID(field, id string) error {
	if !editionID.MatchString(id) {
		return Invalid(field, "%q is not a name for it: small letters, digits and -, at most 32, e.g. 2025-q3", id)
	}
	return nil
}
