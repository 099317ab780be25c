package model

import (
	"context"

	"kantong/internal/registry"
)

// enoughKnown is the share of households from which a deprivation can carry a ranking: with less, what an area is known to
// have says more about its enumerators than about its families.
const enoughKnown = 0.5

// DeprivationAvailability is how much an edition knows of a deprivation.
type DeprivationAvailability struct {
	Deprivation registry.Deprivation
	Pillar      registry.Pillar
	KnownShare  Rate
}

// Availability counts of how many households each deprivation is known, once for the edition.
func (e *Edition) Availability(ctx context.Context) ([]DeprivationAvailability, error) {
	cell, err := onceAt(&e.known, []byte("known"), ctx, e.countKnown)
	if err != nil {
		return nil, err
	}
	out := make([]DeprivationAvailability, len(cell.Known))
	for i, known := range cell.Known {
		d := registry.Deprivation(i)
		out[i] = DeprivationAvailability{d, d.Pillar(), rate(registry.Ratio(known, cell.Total))}
	}
	return out, nil
}

func (e *Edition) countKnown(ctx context.Context) (registry.Cell, error) {
	v, err := e.open(ctx, e.State())
	if err != nil {
		return registry.Cell{}, err
	}
	answers, err := v.Summarise(ctx, []registry.SummaryQuery{{Measures: registry.MeasureDeprivations}})
	if err != nil {
		return registry.Cell{}, err
	}
	return answers[0][0], nil
}

// Presets tells of each pillar whether enough is known to rank areas by it.
func (e *Edition) Presets(ctx context.Context) ([]*PillarPreset, error) {
	list, err := e.Availability(ctx)
	if err != nil {
		return nil, err
	}
	var presets []*PillarPreset
	for _, a := range list { // pillars follow one another
		if n := len(presets); n == 0 || presets[n-1].Pillar != a.Pillar {
			presets = append(presets, &PillarPreset{Pillar: a.Pillar, Missing: []registry.Deprivation{}})
		}
		p := presets[len(presets)-1]
		if known := a.KnownShare.Value(); known != nil && *known >= enoughKnown {
			p.Usable = true
		} else {
			p.Missing = append(p.Missing, a.Deprivation)
		}
	}
	return presets, nil
}
