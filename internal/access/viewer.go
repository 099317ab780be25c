// Package access says who asks: API keys, kept as hashes only, and the secrets behind identifiers, kept apart from the
// data.
package access

import (
	"context"

	"kantong/internal/registry"
)

// Viewer is who asks. The zero value is the public.
type Viewer = registry.Viewer

type viewerKey struct{}

// WithViewer puts the viewer into a context.
func WithViewer(ctx context.Context, v Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// ViewerOf gives the viewer of a context, the public when nobody was put there.
func ViewerOf(ctx context.Context) Viewer {
	v, _ := ctx.Value(viewerKey{}).(Viewer)
	return v
}
