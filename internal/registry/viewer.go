package registry

import "sync/atomic"

// Viewer is who asks. The zero value is the public.
type Viewer struct {
	Role         Role
	Organisation string
	KeyID        string
	Areas        []AreaCode    // a planner's key may be limited to these areas and what lies in them; nil is no limit
	Purpose      string        // as stated with the request; rows are given for a stated purpose only
	Shown        *atomic.Int64 // counts the households shown one by one; nil counts nothing
}
