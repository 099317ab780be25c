package filestore

import (
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

func TestStoreContract(t *testing.T) {
	storetest.RunStore(t, func(t *testing.T) registry.Store { return openStore(t, t.TempDir()) })
}

func TestLedgerContract(t *testing.T) {
	storetest.RunLedger(t, func(t *testing.T) registry.Ledger { return openStore(t, t.TempDir()).Ledger() })
}
