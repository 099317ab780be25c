package filestore

import (
	"context"
	"path/filepath"
)

// OpenLedger opens the ledger of a data directory that holds a store, and nothing else of it. It takes no lock: a server may
// go on with the store meanwhile, and what both add to the ledger comes one after the other. The caller closes it.
func OpenLedger(ctx context.Context, dir string) (*Ledger, error) {
	l, err := openLedger(ctx, filepath.Join(dir, LedgerFile))
	if err != nil {
		return nil, unusable(dir, err)
	}
	return l, nil
}
