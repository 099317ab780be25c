package registry

import (
	"cmp"
	"regexp"
	"slices"
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
	Keys        RecordKey  // sum of the record keys of all households, set by publication: the noise of the edition's counts
	LocatedKeys RecordKey  // of the located ones
	ContentHash string     // SHA-256 in hexadecimal of areas, households, indicators and successions; "" for a draft
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

// SortEditions puts published editions first, newest publication first, then drafts by id: the order of Store.Editions.
func SortEditions(list []Edition) {
	slices.SortFunc(list, func(a, b Edition) int {
		switch {
		case a.PublishedAt != nil && b.PublishedAt != nil:
			return cmp.Or(b.PublishedAt.Compare(*a.PublishedAt), cmp.Compare(a.ID, b.ID))
		case a.PublishedAt != nil:
			return -1
		case b.PublishedAt != nil:
			return 1
		}
		return cmp.Compare(a.ID, b.ID)
	})
}

// FindRelease gives the release of an id, or NOT_FOUND.
func (e *Edition) FindRelease(id string) (*Release, error) {
	for i := range e.Releases {
		if e.Releases[i].ID == id {
			return &e.Releases[i], nil
		}
	}
	if id == "" {
		return nil, NotFound("release", "edition %s has no enrolments without a release name; name the release", e.ID)
	}
	return nil, NotFound("release", "edition %s has no release %q", e.ID, id)
}

// ReleaseToPublish chooses the draft release of a publication: the named one; with "" the edition's own unnamed one, else,
// for a draft edition, its only one. It is nil when an empty, unnamed one is to be made.
func (e *Edition) ReleaseToPublish(name string) (*Release, error) {
	r, err := e.FindRelease(name)
	switch {
	case err == nil && r.PublishedAt != nil:
		return nil, Conflict("release", "%s is published already", StateID(e.ID, name))
	case err == nil:
		return r, nil
	case name != "":
		return nil, err
	case e.PublishedAt != nil:
		return nil, Conflict("release", "edition %s is published already; name a draft release of it", e.ID)
	case len(e.Releases) == 1: // those of a draft edition are drafts
		return &e.Releases[0], nil
	case len(e.Releases) > 1:
		return nil, Conflict("release", "edition %s has %d draft releases; name the one to publish, e.g. %s", e.ID, len(e.Releases), e.Releases[0].ID)
	}
	return nil, nil
}
