package postgis

import (
	"testing"

	"kantong/internal/registry"
	"kantong/internal/storetest"
)

func TestStoreContract(t *testing.T) {
	needServer(t)
	storetest.RunStore(t, func(t *testing.T) registry.Store {
		s, err := Open(t.Context(), freshDatabase(t))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestLedgerContract(t *testing.T) {
	needServer(t)
	storetest.RunLedger(t, func(t *testing.T) registry.Ledger { return openStore(t, freshDatabase(t)).Ledger() })
}

func openStore(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
