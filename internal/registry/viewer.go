package registry

import "sync"

// Viewer is who asks. The zero value is the public.
type Viewer struct {
	Role         Role
	Organisation string
	KeyID        string
	Areas        []AreaCode // a planner's key may be limited to these areas and what lies in them; nil is no limit
	Purpose      string     // as stated with the request; rows are given for a stated purpose only
	Shown        *Shown     // nil counts nothing
}

// Shown counts the households that an operation shows one by one, each once.
type Shown struct {
	mu  sync.Mutex
	ids map[HouseholdID]struct{}
	few int64
}

// Add counts a household.
func (s *Shown) Add(id HouseholdID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids == nil {
		s.ids = map[HouseholdID]struct{}{}
	}
	s.ids[id] = struct{}{}
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
	return int64(len(s.ids)) + s.few
}
