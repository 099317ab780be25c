package registry

import (
	"bytes"
	"slices"
	"sync"
)

// Viewer is who asks. The zero value is the public.
type Viewer struct {
	Role         Role
	Organisation string
	KeyID        string
	Areas        []AreaCode // a planner's key may be limited to these areas and what lies in them; nil is no limit
	Purpose      string     // as stated with the request; rows are given for a stated purpose only
	Shown        *Shown     // nil counts nothing
}

// Require refuses a viewer who does not have a role: UNAUTHENTICATED without a key, FORBIDDEN with one of another role.
func (v Viewer) Require(role Role) error {
	switch {
	case v.Role.Has(role):
		return nil
	case v.Role == RolePublic:
		return Errorf(CodeUnauthenticated, "", "this is for the role %s: send a key as Authorization: Bearer …", role)
	}
	return Errorf(CodeForbidden, "", "this is for the role %s; this key is of role %s", role, v.Role)
}

// Shown counts the households that an operation shows one by one, each once.
type Shown struct {
	mu    sync.Mutex
	ids   []HouseholdID
	mixed bool // ids do not rise: some may be there twice
	few   int64
}

// Add counts a household.
func (s *Shown) Add(id HouseholdID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(id)
}

// AddRows counts the households of a page.
func (s *Shown) AddRows(rows []Row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = slices.Grow(s.ids, len(rows))
	for i := range rows {
		s.add(rows[i].ID)
	}
}

func (s *Shown) add(id HouseholdID) {
	if n := len(s.ids); n > 0 && bytes.Compare(s.ids[n-1][:], id[:]) >= 0 {
		s.mixed = true
	}
	s.ids = append(s.ids, id)
}

// AddFew counts households that exact figures of a very small group show.
func (s *Shown) AddFew(households int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.few += households
}

// Count is how many there were.
func (s *Shown) Count() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mixed { // most come in the order of ids, since engines list them so
		slices.SortFunc(s.ids, func(a, b HouseholdID) int { return bytes.Compare(a[:], b[:]) })
		s.ids = slices.Compact(s.ids)
		s.mixed = false
	}
	return int64(len(s.ids)) + s.few
}
