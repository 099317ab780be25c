package storetest

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"kantong/internal/registry"
)

// memoryLedger is the plainest ledger there can be: it shows that the suite can be passed, and with a fault switched on,
// that the suite finds it.
type memoryLedger struct {
	mutex   sync.Mutex
	keys    []registry.APIKey
	log     []registry.AuditEntry
	spent   []spending
	changes []registry.Change
	jobs    []registry.Job
	fault   string
}

type spending struct {
	registry.Account
	cell uint64
}

// locked runs do alone, unless the caller has left.
func (l *memoryLedger) locked(ctx context.Context, do func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return do()
}

func (l *memoryLedger) AddKey(ctx context.Context, k registry.APIKey) error {
	return l.locked(ctx, func() error {
		if slices.ContainsFunc(l.keys, func(o registry.APIKey) bool { return o.ID == k.ID }) {
			return registry.Conflict("id", "key %s is there", k.ID)
		}
		if len(k.Areas) == 0 || l.fault == "a key's areas are lost" {
			k.Areas = nil
		}
		l.keys = append(l.keys, k)
		slices.SortFunc(l.keys, func(a, b registry.APIKey) int { return b.CreatedAt.Compare(a.CreatedAt) })
		return nil
	})
}

func (l *memoryLedger) Keys(ctx context.Context) ([]registry.APIKey, error) {
	return slices.Clone(l.keys), ctx.Err()
}

func (l *memoryLedger) changeKey(ctx context.Context, id string, change func(*registry.APIKey)) error {
	return l.locked(ctx, func() error {
		i := slices.IndexFunc(l.keys, func(k registry.APIKey) bool { return k.ID == id })
		if i < 0 {
			return registry.NotFound("id", "no key %s", id)
		}
		change(&l.keys[i])
		return nil
	})
}

func (l *memoryLedger) RevokeKey(ctx context.Context, id string, when time.Time) error {
	return l.changeKey(ctx, id, func(k *registry.APIKey) { k.RevokedAt = &when })
}

func (l *memoryLedger) ExpireKey(ctx context.Context, id string, when time.Time) error {
	return l.changeKey(ctx, id, func(k *registry.APIKey) {
		for _, end := range []*time.Time{k.ExpiresAt, k.RevokedAt} {
			if end != nil && !end.After(when) && l.fault != "the later end counts" {
				return
			}
		}
		k.ExpiresAt = &when
	})
}

func (l *memoryLedger) KeyByHash(ctx context.Context, hash [32]byte) (found registry.APIKey, err error) {
	err = l.locked(ctx, func() error {
		for _, k := range l.keys {
			if k.SHA256 == hash && k.RevokedAt == nil {
				found = k
				return nil
			}
		}
		return registry.NotFound("key", "no such key")
	})
	return found, err
}

func (l *memoryLedger) AppendAudit(ctx context.Context, entries []registry.AuditEntry) (added []registry.AuditEntry, err error) {
	head, err := l.AuditHead(ctx)
	if err != nil {
		return nil, err
	}
	runtime.Gosched() // others have their chance to add to the same head
	err = l.locked(ctx, func() error {
		if l.fault != "two servers add to one head" {
			head = l.head()
		}
		for _, e := range entries {
			for _, text := range slices.Concat([]string{e.Purpose}, e.Fields) {
				if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
					return registry.Invalid("", "text")
				}
			}
			e.Sequence = head.Sequence + 1
			if l.fault != "a time comes back as it was given" {
				e.At = e.At.UTC().Truncate(time.Microsecond)
			}
			e.Hash = e.Chain(head.Hash)
			head = registry.AuditHead{Sequence: e.Sequence, Hash: e.Hash}
			added = append(added, e)
			if l.fault == "half a call is added" {
				l.log = append(l.log, e)
			}
		}
		if l.fault != "half a call is added" {
			l.log = append(l.log, added...)
		}
		return nil
	})
	return added, err
}

func (l *memoryLedger) head() registry.AuditHead {
	if len(l.log) == 0 {
		return registry.AuditHead{}
	}
	last := l.log[len(l.log)-1]
	return registry.AuditHead{Sequence: last.Sequence, Hash: last.Hash}
}

func (l *memoryLedger) AuditHead(ctx context.Context) (head registry.AuditHead, err error) {
	err = l.locked(ctx, func() error { head = l.head(); return nil })
	return head, err
}

func (l *memoryLedger) Audit(ctx context.Context, after int64, first int) (page []registry.AuditEntry, err error) {
	err = l.locked(ctx, func() error {
		for _, e := range l.log {
			if inPage := e.Sequence > after || e.Sequence == after && l.fault == "pages overlap"; inPage && len(page) < first {
				page = append(page, e)
			}
		}
		return nil
	})
	return page, err
}

func (l *memoryLedger) Spend(ctx context.Context, a registry.Account, cells []uint64) error {
	return l.locked(ctx, func() error {
		for _, cell := range cells {
			if l.fault == "a period does not matter" {
				a.Period = ""
			}
			l.spent = append(l.spent, spending{a, cell})
		}
		return nil
	})
}

func (l *memoryLedger) Spent(ctx context.Context, a registry.Account, after int64) (cells []uint64, position int64, err error) {
	if l.fault == "a period does not matter" {
		a.Period = ""
	}
	err = l.locked(ctx, func() error {
		position = after
		for i, s := range l.spent {
			if s.Account == a && int64(i) >= after {
				cells, position = append(cells, s.cell), int64(i+1)
			}
		}
		if l.fault == "one is passed over" {
			position++
		}
		return nil
	})
	return cells, position, err
}

func (l *memoryLedger) change(keyID, clientID string) int {
	return slices.IndexFunc(l.changes, func(c registry.Change) bool { return c.KeyID == keyID && c.ClientID == clientID })
}

func (l *memoryLedger) BeginChange(ctx context.Context, c registry.Change) (recorded registry.Change, fresh bool, err error) {
	err = l.locked(ctx, func() error {
		if i := l.change(c.KeyID, c.ClientID); i >= 0 {
			recorded = l.changes[i]
			fresh = l.fault == "every change is fresh"
			return nil
		}
		c.Result = nil
		l.changes = append(l.changes, c)
		recorded, fresh = c, true
		return nil
	})
	return recorded, fresh, err
}

func (l *memoryLedger) EndChange(ctx context.Context, keyID, clientID string, result []byte) error {
	return l.locked(ctx, func() error {
		i := l.change(keyID, clientID)
		if i < 0 {
			return registry.NotFound("clientId", "no change %s", clientID)
		}
		if len(result) == 0 {
			return registry.Invalid("result", "empty")
		}
		l.changes[i].Result = result
		return nil
	})
}

func (l *memoryLedger) DropChange(ctx context.Context, keyID, clientID string) error {
	return l.locked(ctx, func() error {
		if i := l.change(keyID, clientID); i >= 0 && (l.changes[i].Result == nil || l.fault == "an outcome is dropped") {
			l.changes = slices.Delete(l.changes, i, i+1)
		}
		return nil
	})
}
