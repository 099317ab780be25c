package model

import (
	"context"
	"time"

	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// Viewer is who asks.
type Viewer struct {
	Who      registry.Viewer
	Limits   *Limits
	Requests *RequestAllowance
	Budgets  *disclosure.Budgets
	View     func(ctx context.Context, edition *string) (*registry.View, error)
}

func (v *Viewer) Role() registry.Role        { return v.Who.Role }
func (v *Viewer) Organisation() *string      { return optional(v.Who.Organisation) }
func (v *Viewer) KeyID() *string             { return optional(v.Who.KeyID) }
func (v *Viewer) Areas() []registry.AreaCode { return v.Who.Areas }

// Figures is nil for all but partners: only they have a budget.
func (v *Viewer) Figures(ctx context.Context, edition *string) (*FigureAllowance, error) {
	if v.Who.Role != registry.RolePartner {
		return nil, nil
	}
	view, err := v.View(ctx, edition)
	if err != nil {
		return nil, err
	}
	left, err := v.Budgets.Left(ctx, v.Who.Organisation, view.State.Edition.ID)
	if err != nil || left == nil {
		return nil, err
	}
	return &FigureAllowance{PerMonth: left.PerMonth, Left: left.Left, RenewsAt: left.RenewsAt}, nil
}

// Key is an API key as it is listed.
type Key struct{ registry.APIKey }

func (k *Key) ID() string                 { return k.APIKey.ID }
func (k *Key) Purpose() *string           { return optional(k.APIKey.Purpose) }
func (k *Key) Areas() []registry.AreaCode { return k.APIKey.Areas }
func (k *Key) CreatedAt() time.Time       { return k.APIKey.CreatedAt }

// NewKeyChange shows a key, and the key itself where it is known.
func NewKeyChange(k registry.APIKey, secret string) *KeyChange {
	return &KeyChange{Key: &Key{k}, Secret: optional(secret)}
}
