package storetest

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"kantong/internal/registry"
)

func (m *memory) Blocks(ctx context.Context) ([]registry.BlockTree, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return slices.Clone(m.trees), ctx.Err()
}

func (m *memory) AddBlocks(ctx context.Context, trees []registry.BlockTree) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, t := range trees {
		if _, err := registry.ParseAreaCode(string(t.Area)); err != nil {
			return err
		}
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, t := range trees {
		at := slices.IndexFunc(m.trees, func(o registry.BlockTree) bool { return o.Area == t.Area })
		switch {
		case at < 0:
			m.trees = append(m.trees, t)
		case m.fault == "the last tree wins":
			m.trees[at] = t
		}
	}
	slices.SortFunc(m.trees, func(a, b registry.BlockTree) int { return cmp.Compare(a.Area, b.Area) })
	return nil
}

func (m *memory) Fingerprints(ctx context.Context) (map[string]string, error) {
	return maps.Clone(m.prints), ctx.Err()
}

func (m *memory) SetFingerprints(ctx context.Context, prints map[string]string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.fault != "fingerprints are added to" || m.prints == nil {
		m.prints = map[string]string{}
	}
	maps.Copy(m.prints, prints)
	return nil
}
