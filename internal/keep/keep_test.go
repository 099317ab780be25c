package keep

import (
	"bytes"
	"context"
	"fmt"
	"testing"
)

// TestBounds counts bytes: what was asked for longest ago goes first.
func TestBounds(t *testing.T) {
	body := bytes.Repeat([]byte("x"), 1000)
	k := New(1<<16, 1<<20, 1<<20, func(b []byte) int64 { return int64(2 * len(b)) })
	one := k.sizeOf("000", body)
	k.most = 10*one + one/2
	ask := func(key string) (made bool) {
		if _, err := k.Get(t.Context(), key, func(context.Context) ([]byte, error) { made = true; return body, nil }); err != nil {
			t.Fatal(err)
		}
		return made
	}
	for i := range 100 {
		ask(fmt.Sprintf("%03d", i))
		ask("000") // stays
		if k.bytes > k.most || k.bytes != int64(k.list.Len())*one {
			t.Fatalf("after %d %d are kept with %d bytes, at most %d", i, k.list.Len(), k.bytes, k.most)
		}
	}
	if k.list.Len() != 10 || ask("000") || ask("099") || !ask("001") {
		t.Errorf("%d are kept: %v", k.list.Len(), k.list.Keys())
	}
	k.most = 1
	if ask("100"); k.list.Len() != 0 || k.bytes != 0 || !ask("100") {
		t.Errorf("%d are kept with %d bytes where there is no room", k.list.Len(), k.bytes)
	}
}
