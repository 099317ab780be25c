package registry

import (
	"context"
	"iter"
	"slices"
	"time"

	"kantong/internal/geo"
)

// Store keeps editions durably. A draft is written, then published in one step; what is published never changes, but
// for the definitions of programmes, which have a revision of their own. Killed at any moment, a store opens again with
// everything that had been acknowledged and nothing of a write that had not.
//
// A draft is an edition not yet published, or a release not yet published of a published edition. Errors: NOT_FOUND for
// an edition, release or programme that is not there, CONFLICT for a write to something published, BAD_USER_INPUT for
// what cannot be stored, UNAVAILABLE when the back-end is out of reach.
type Store interface {
	// Editions gives every edition with its releases: published ones newest first, then drafts by id.
	Editions(ctx context.Context) ([]Edition, error)
	// CreateEdition begins a draft; only ID, Label, Source, AsOf, Synthetic, Boundaries and Schematic are read.
	CreateEdition(ctx context.Context, e Edition) error
	// CopyEdition begins a draft as CreateEdition does, with the contents of a published edition, all in one transaction.
	// Errors about what is copied have field "from".
	CopyEdition(ctx context.Context, e Edition, o CopyOptions) error
	// CreateRelease begins a draft release of an edition, draft or published.
	CreateRelease(ctx context.Context, edition string, r Release) error
	// Discard removes a draft edition with all its releases, or the one draft release that is named.
	Discard(ctx context.Context, edition, release string) error
	// Publish makes a draft immutable and its state current: a draft edition with the named draft release (or its own
	// unnamed one), or a draft release of a published edition. It writes the record keys and the content hashes. It refuses
	// an edition without areas or households, rejected rows unless accepted, a succession of an area that the edition does not
	// have, and an enrolment of an unknown programme or household. progress may be nil; it gets the number of households done.
	Publish(ctx context.Context, edition, release string, o PublishOptions) (State, error)

	// The Put methods replace what the draft held of the kind, or add to it when im.Append; each is one transaction that
	// also records im. A sequence that yields an error stores nothing and gives the error back.
	PutAreas(ctx context.Context, edition string, im Import, areas []Area) error
	PutPrograms(ctx context.Context, edition string, im Import, programs []Program) error
	PutIndicators(ctx context.Context, edition string, im Import, indicators []AreaIndicator) error
	// PutSuccessions refuses what Succession.Check does.
	PutSuccessions(ctx context.Context, edition string, im Import, successions []Succession) error
	// PutHouseholds refuses a household whose id the draft already holds with CONFLICT, field "id". im is read when the
	// sequence has ended, so that its counts can be filled in on the way; so too for PutEnrolments and PutPoints. Households
	// come with their match keys, and go with them.
	PutHouseholds(ctx context.Context, edition string, im *Import, households iter.Seq2[Household, error]) error
	// PutPoints gives households of a draft their location, in the place of any they had; the rest stays. Replacing the
	// households also forgets these files. NOT_FOUND for a household that the draft does not hold.
	PutPoints(ctx context.Context, edition string, im *Import, points iter.Seq2[HouseholdPoint, error]) error
	// PutEnrolments writes to the named draft release, or the draft edition's own when release is "". It takes im.Unmatched
	// along, replacing or adding to the counts that are there as it does with enrolments.
	PutEnrolments(ctx context.Context, edition, release string, im *Import, enrolments iter.Seq2[Enrolment, error]) error
	// Imports gives the log of what a draft or edition was made from, oldest first.
	Imports(ctx context.Context, edition string) ([]Import, error)

	// The readers give an edition's contents, draft or published.
	Areas(ctx context.Context, edition string) ([]Area, error)                           // by code
	Programs(ctx context.Context, edition string) ([]Program, int64, error)              // by code; and their revision
	Indicators(ctx context.Context, edition string) ([]AreaIndicator, error)             // by area, code, year
	Successions(ctx context.Context, edition string) ([]Succession, error)               // by code, predecessor
	Households(ctx context.Context, edition string) iter.Seq2[Household, error]          // by id
	Records(ctx context.Context, edition string) iter.Seq2[Record, error]                // by id; published editions only
	Enrolments(ctx context.Context, edition, release string) iter.Seq2[Enrolment, error] // by household, programme, since
	Unmatched(ctx context.Context, edition, release string) ([]Unmatched, error)         // by programme, area
	MatchKeys(ctx context.Context, edition string) iter.Seq2[HouseholdKey, error]        // by household, kind, hash
	// Attributes gives the households of the ids, in that order, nil for one that is not there.
	Attributes(ctx context.Context, edition string, ids []HouseholdID) ([]*Household, error)

	// Blocks gives the frozen block trees, by area. They belong to no edition: all are counted in the same blocks.
	Blocks(ctx context.Context) ([]BlockTree, error)
	// AddBlocks freezes the trees of areas that have none yet; of an area that has one, the tree that is there stays.
	AddBlocks(ctx context.Context, trees []BlockTree) error

	// Fingerprints tell which secrets made the ids and record keys of this store, by the name of the secret; empty before
	// the first family came in. SetFingerprints replaces them all.
	Fingerprints(ctx context.Context) (map[string]string, error)
	SetFingerprints(ctx context.Context, prints map[string]string) error

	Close() error
}

// Record is a household with the record key that publication gave it.
type Record struct {
	Household
	Key RecordKey
}

// HouseholdPoint is where a household lives.
type HouseholdPoint struct {
	Household HouseholdID
	Point     geo.PointE7
}

// CopyOptions say what a draft begins with: areas and what they came from, households, programmes and indicators of the published edition From, and
// with Enrolments those of its published release FromRelease as its own draft release As.
type CopyOptions struct {
	From        string
	Enrolments  bool
	FromRelease string
	As          Release                // only ID and EnrolmentsAsOf are read
	Progress    func(households int64) // may be nil
	Now         time.Time
}

// PublishedFrom gives the release whose enrolments a copy begins with, nil for none, or what is wrong with what is copied.
func (o *CopyOptions) PublishedFrom(from *Edition) (*Release, error) {
	if from.PublishedAt == nil {
		return nil, Conflict("from", "%s is a draft: a new draft begins with what is published", from.ID)
	}
	if !o.Enrolments {
		return nil, nil
	}
	r, err := from.FindRelease(o.FromRelease)
	if err == nil && r.PublishedAt == nil {
		err = Conflict("from", "%s is a draft: a new draft begins with what is published", StateID(from.ID, r.ID))
	}
	return r, At("from", err)
}

// Import is what the log of a copy says of one kind of its contents.
func (o *CopyOptions) Import(kind ImportKind, hash string, rows int64) Import {
	im := Import{Kind: kind, File: "edition " + o.From, SHA256: hash, Rows: rows, At: o.Now}
	if kind == ImportEnrolments {
		im.File, im.Release = "state "+StateID(o.From, o.FromRelease), o.As.ID
	}
	return im
}

// PublishOptions are the caller's decisions about a publication.
type PublishOptions struct {
	AcceptRejected bool
	Secrets        Secrets // Record makes the record keys
	Progress       func(households int64)
	Now            time.Time
}

// ImportKind names what a file holds.
type ImportKind string

// The kinds of imports.
const (
	ImportAreas      ImportKind = "areas"
	ImportHouseholds ImportKind = "households"
	ImportPrograms   ImportKind = "programs"
	ImportEnrolments ImportKind = "enrolments"
	ImportIndicators ImportKind = "indicators"
	ImportPoints     ImportKind = "points"

	ImportSuccessions ImportKind = "successions"
)

// ImportKinds are all of them, in the order in which a draft is filled.
func ImportKinds() []ImportKind {
	return []ImportKind{ImportAreas, ImportSuccessions, ImportHouseholds, ImportPrograms, ImportPoints, ImportEnrolments, ImportIndicators}
}

// CheckImport refuses a file for what a store's Put methods refuse before they read a row: an edition or release that is not
// there, or is published. Programmes of a published edition may change.
func CheckImport(editions []Edition, kind ImportKind, edition, release string) error {
	i := slices.IndexFunc(editions, func(e Edition) bool { return e.ID == edition })
	if i < 0 {
		return NotFound("edition", "there is no edition %q", edition)
	}
	e := &editions[i]
	if kind != ImportEnrolments {
		if e.PublishedAt != nil && kind != ImportPrograms {
			return Conflict("edition", "edition %s is published and does not change any more; write to a draft", edition)
		}
		return nil
	}
	r, err := e.FindRelease(release)
	switch {
	case err == nil && r.PublishedAt != nil:
		return Conflict("release", "%s is published and does not change any more; write to a draft release", StateID(edition, release))
	case err == nil || release != "":
		return err
	case e.PublishedAt != nil:
		return Conflict("release", "edition %s is published and does not change any more; name a draft release of it", edition)
	}
	return nil // it comes into being with its first enrolments
}

// Import is one file that went into an edition.
type Import struct {
	Kind     ImportKind
	Release  string // of enrolments
	File     string // base name only
	SHA256   string // of the file and what it was read with: a mapping, settings, the edition that its families are compared with
	Rows     int64  // stored
	Rejected int64
	Append   bool
	At       time.Time
	// Replaces is not kept. PutPrograms refuses to write, CONFLICT of field "revision", unless the edition's programmes have
	// this revision, and gives them the one above it; nil asks for none.
	Replaces *int64
	// Unmatched are the recipients of a list of enrolments that are no family of the edition. Store.Unmatched gives them, with
	// those of other files of the release; the log does not.
	Unmatched []Unmatched
}

// CheckReplaces tells whether the programmes that an import is to replace are still those of the revision that it names.
func (im *Import) CheckReplaces(revision int64) error {
	if im.Replaces != nil && *im.Replaces != revision {
		return Conflict("revision", "the programmes were changed meanwhile: they have revision %d, not %d", revision, *im.Replaces)
	}
	return nil
}
