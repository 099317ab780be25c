package access

import (
	"context"
	"time"
)

// Allowance is how many requests a client may still send, this one taken off already.
type Allowance struct {
	PerMinute int
	Left      int       // requests that would be answered if they came at once
	RenewsAt  time.Time // when Left would be PerMinute again, if none came until then
}

type allowanceKey struct{}

// WithAllowance puts the allowance of the client into a context.
func WithAllowance(ctx context.Context, a Allowance) context.Context {
	return context.WithValue(ctx, allowanceKey{}, a)
}

// AllowanceOf gives the allowance of a context, and false where requests aren't limited.
func AllowanceOf(ctx context.Context) (Allowance, bool) {
	a, limited := ctx.Value(allowanceKey{}).(Allowance)
	return a, limited
}
