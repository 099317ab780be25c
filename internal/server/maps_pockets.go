package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"

	"kantong/internal/keep"
	"kantong/internal/pockets"
	"kantong/internal/registry"
	"kantong/internal/tiles"
)

// surveyed is what a survey found, and how many households it counted as shown one by one: whoever is shown it later is
// shown as many.
type surveyed struct {
	*tiles.Pockets
	shown int64
}

// Bounds of what is kept of surveys: their number, all together in bytes, and one.
const (
	keptSurveys       = 256
	keptSurveyBytes   = 32 << 20
	largestKeptSurvey = 4 << 20
)

func newSurveys() *keep.Keeper[*surveyed] {
	return keep.New(keptSurveys, keptSurveyBytes, largestKeptSurvey, func(s *surveyed) int64 { return s.Bytes() })
}

// pocketQuestion reads what pockets are asked for.
func pocketQuestion(values url.Values, f registry.Filter) (pockets.Question, error) {
	q := pockets.Question{Filter: f, RadiusMeters: pockets.DefaultRadiusMeters, MinHouseholds: pockets.DefaultMinHouseholds}
	var err error
	if text := values.Get("radiusMeters"); text != "" {
		if q.RadiusMeters, err = strconv.ParseFloat(text, 64); err != nil {
			return q, registry.Invalid("radiusMeters", "%.40q is no number of metres", text)
		}
	}
	if text := values.Get("minHouseholds"); text != "" {
		if q.MinHouseholds, err = strconv.Atoi(text); err != nil {
			return q, registry.Invalid("minHouseholds", "%.40q is no whole number of households", text)
		}
	}
	return q, q.Check()
}

// pockets draws those of a filter. A map asks for many tiles at once, which share one survey.
func (m *mapDoor) pockets(values url.Values, f registry.Filter) (func(context.Context, *asked, tiles.Tile) ([]byte, error), error) {
	q, err := pocketQuestion(values, f)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, a *asked, t tiles.Tile) ([]byte, error) {
		s, err := m.survey(ctx, a, q)
		if err != nil {
			return nil, err
		}
		return s.Tile(t), nil
	}, nil
}

// survey is the one that is kept, or takes it.
func (m *mapDoor) survey(ctx context.Context, a *asked, q pockets.Question) (*surveyed, error) {
	taken := false // for this request, which has counted then
	s, err := m.surveys.Get(ctx, a.surveyKey(&q), func(ctx context.Context) (*surveyed, error) {
		taken = true
		s, err := pockets.TakeBounded(ctx, a.view, q, m.Resolver.Limits.Clustered)
		if err != nil {
			return nil, err
		}
		list, err := tiles.NewPockets(ctx, s)
		return &surveyed{list, a.viewer.Shown.Count()}, err
	})
	if err != nil {
		return nil, err
	}
	if !taken {
		a.viewer.Shown.AddFew(s.shown)
	}
	return s, nil
}

// surveyKey says what a survey follows from, so that nobody is shown what their own request would not show: protected figures
// by role, of partners by organisation, since each has a budget; exact ones by key, areas and purpose.
func (a *asked) surveyKey(q *pockets.Question) string {
	v, hash := &a.viewer, sha256.New()
	fmt.Fprintf(hash, "%q %q %q %q %s %s %g %d", a.view.State.ID(), a.view.Version, a.others, a.method, v.Role, q.Filter.JSON(), q.RadiusMeters, q.MinHouseholds)
	switch {
	case v.Role == registry.RolePartner:
		fmt.Fprintf(hash, " %q", v.Organisation)
	case v.Role.SeesHouseholds():
		fmt.Fprintf(hash, " %q %q %q", v.KeyID, v.Areas, v.Purpose)
	}
	return hex.EncodeToString(hash.Sum(nil))
}
