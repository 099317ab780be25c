package server

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
)

// TestManyAddresses: whoever has very many doesn't fill the memory, and the client that asked last is still known.
func TestManyAddresses(t *testing.T) {
	a := newAllowances[netip.Prefix]("an address", 5)
	var last netip.Prefix
	for i := range keptClients + 1000 {
		var ip [16]byte
		binary.BigEndian.PutUint64(ip[:], 0x2001_0db8_0000_0000+uint64(i))
		last = network(netip.AddrFrom16(ip))
		a.of(last).Allow()
	}
	if n := a.clients.Len(); n != keptClients {
		t.Errorf("%d clients are kept, want %d", n, keptClients)
	}
	if left := a.of(last).Tokens(); left > 4.9 {
		t.Errorf("the last client has %v requests left of 5, and sent one", left)
	}
}

// TestNewClientsComeTwice: the first two requests of a client may come at the same time, and are of one client all the same.
func TestNewClientsComeTwice(t *testing.T) {
	a := newAllowances[int]("a client", 1)
	for client := range 20_000 {
		var passed atomic.Int64
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if a.of(client).Allow() {
					passed.Add(1)
				}
			})
		}
		both.Wait()
		if passed.Load() != 1 {
			t.Fatalf("of two requests of client %d %d passed, want one", client, passed.Load())
		}
	}
}
