package storetest

import (
	"crypto/sha256"

	"github.com/google/go-cmp/cmp"

	"kantong/internal/registry"
)

var apiKeyTests = []ledgerTest{
	{"a new ledger has no key", func(b *ledgerBench) {
		b.wantKeys()
		b.wantNoKey(sha256.Sum256(nil))
	}},
	{"keys come back whole, newest first", func(b *ledgerBench) {
		first, second, third := ledgerKey("k-b", 1), ledgerKey("k-c", 2), ledgerKey("k-a", 3)
		second.Purpose, second.Areas = "peta banjir “RT 05”\n", []registry.AreaCode{"19.71.02", "19.71.01.1001", "19"}
		until := at(90)
		second.ExpiresAt, third.Areas = &until, []registry.AreaCode{}
		b.addKeys(second, third, first)
		third.Areas = nil // no limit, however it is written
		b.wantKeys(third, second, first)
		for _, want := range []registry.APIKey{first, second, third} {
			got, err := b.KeyByHash(b.ctx, want.SHA256)
			b.ok(err)
			if diff := cmp.Diff(got, want); diff != "" {
				b.Errorf("key by hash (-got +want):\n%s", diff)
			}
		}
	}},
	{"every role", func(b *ledgerBench) {
		for r := registry.RolePublic; r <= registry.RoleAuditor; r++ {
			k := ledgerKey("k-"+r.String(), int(r))
			k.Role = r
			b.addKeys(k)
			got, err := b.KeyByHash(b.ctx, k.SHA256)
			if err != nil || got.Role != r {
				b.Errorf("role %s (%v), want %s", got.Role, err, r)
			}
		}
	}},
	{"an id is taken once", func(b *ledgerBench) {
		k := ledgerKey("k-a", 1)
		b.addKeys(k)
		other := ledgerKey("k-a", 2)
		other.SHA256[0] ^= 1
		b.refused("AddKey", b.AddKey(b.ctx, other), registry.CodeConflict)
		b.wantKeys(k)
	}},
	{"a revoked key is listed and opens nothing", func(b *ledgerBench) {
		k, kept := ledgerKey("k-a", 1), ledgerKey("k-b", 2)
		b.addKeys(k, kept)
		when := at(5)
		b.ok(b.RevokeKey(b.ctx, k.ID, when))
		b.wantNoKey(k.SHA256)
		_, err := b.KeyByHash(b.ctx, kept.SHA256)
		b.ok(err)
		k.RevokedAt = &when
		b.wantKeys(kept, k)
		b.refused("AddKey", b.AddKey(b.ctx, ledgerKey("k-a", 9)), registry.CodeConflict)
	}},
	{"revoking again is no error", func(b *ledgerBench) {
		k := ledgerKey("k-a", 1)
		b.addKeys(k)
		for minutes := 5; minutes < 7; minutes++ {
			b.ok(b.RevokeKey(b.ctx, k.ID, at(minutes)))
		}
		b.wantNoKey(k.SHA256)
	}},
	{"the earlier end of a key counts", func(b *ledgerBench) {
		k, kept := ledgerKey("k-a", 1), ledgerKey("k-b", 0)
		b.addKeys(k, kept)
		for _, c := range []struct{ asked, want int }{{30, 30}, {40, 30}, {20, 20}, {20, 20}} {
			b.ok(b.ExpireKey(b.ctx, k.ID, at(c.asked)))
			want := at(c.want)
			k.ExpiresAt = &want
			b.wantKeys(k, kept)
		}
	}},
	{"an expired key is still found, and told from an unknown one", func(b *ledgerBench) {
		k := ledgerKey("k-a", 1)
		past := at(0)
		k.ExpiresAt = &past
		b.addKeys(k)
		got, err := b.KeyByHash(b.ctx, k.SHA256)
		b.ok(err)
		if diff := cmp.Diff(got, k); diff != "" {
			b.Errorf("key by hash (-got +want):\n%s", diff)
		}
	}},
	{"a key that was revoked does not end later", func(b *ledgerBench) {
		k := ledgerKey("k-a", 1)
		when := at(5)
		k.RevokedAt = &when
		b.addKeys(k)
		b.ok(b.ExpireKey(b.ctx, k.ID, at(30)))
		b.wantKeys(k)
		b.wantNoKey(k.SHA256)
	}},
	{"a key that expires can be revoked before", func(b *ledgerBench) {
		k := ledgerKey("k-a", 1)
		b.addKeys(k)
		until, when := at(30), at(5)
		b.ok(b.ExpireKey(b.ctx, k.ID, until))
		b.ok(b.RevokeKey(b.ctx, k.ID, when))
		k.ExpiresAt, k.RevokedAt = &until, &when
		b.wantKeys(k)
		b.wantNoKey(k.SHA256)
	}},
	{"ending what is not there", func(b *ledgerBench) {
		b.refused("RevokeKey", b.RevokeKey(b.ctx, "k-none", at(1)), registry.CodeNotFound)
		b.refused("ExpireKey", b.ExpireKey(b.ctx, "k-none", at(1)), registry.CodeNotFound)
	}},
}

func ledgerKey(id string, minutes int) registry.APIKey {
	return registry.APIKey{ID: id, Role: registry.RolePartner, Organisation: "Yayasan 'Ä'", SHA256: sha256.Sum256([]byte(id)), CreatedAt: at(minutes)}
}

func (b *ledgerBench) addKeys(keys ...registry.APIKey) {
	b.Helper()
	for _, k := range keys {
		b.ok(b.AddKey(b.ctx, k))
	}
}

func (b *ledgerBench) wantKeys(want ...registry.APIKey) {
	b.Helper()
	got, err := b.Keys(b.ctx)
	b.ok(err)
	if len(got) == 0 && len(want) == 0 {
		return
	}
	if diff := cmp.Diff(got, want); diff != "" {
		b.Errorf("keys (-got +want):\n%s", diff)
	}
}

func (b *ledgerBench) wantNoKey(hash [32]byte) {
	b.Helper()
	_, err := b.KeyByHash(b.ctx, hash)
	b.refused("KeyByHash", err, registry.CodeNotFound)
}
