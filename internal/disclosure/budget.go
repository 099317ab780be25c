package disclosure

import (
	"context"
	"sync"
	"time"

	"kantong/internal/registry"
)

// Budgets bound how many distinct cells an organisation is shown of one edition in a calendar month (UTC): noise protects
// a figure, and a budget protects against very many of them. What was shown before costs nothing.
type Budgets struct {
	ledger registry.Ledger
	limit  int
	now    func() time.Time

	mu       sync.Mutex
	accounts map[registry.Account]*account
}

// NewBudgets keeps accounts in a ledger. A limit of 0 is none. now is the time; nil is the clock.
func NewBudgets(l registry.Ledger, limit int, now func() time.Time) *Budgets {
	if now == nil {
		now = time.Now
	}
	return &Budgets{ledger: l, limit: limit, now: now, accounts: map[registry.Account]*account{}}
}

// account is what an organisation was shown of an edition this month.
type account struct {
	registry.Account
	budgets *Budgets
	mu      sync.Mutex
	seen    map[uint64]struct{}
	read    int64 // how far the ledger was read: other servers write to it too
	loaded  bool
}

// of gives the account of the month; accounts of former months are let go.
func (b *Budgets) of(organisation, edition string) *account {
	if b == nil || b.limit == 0 {
		return nil
	}
	key := registry.Account{Organisation: organisation, Edition: edition, Period: b.now().UTC().Format("2006-01")}
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.accounts[key]
	if a == nil {
		for other := range b.accounts {
			if other.Period != key.Period {
				delete(b.accounts, other)
			}
		}
		a = &account{Account: key, budgets: b, seen: map[uint64]struct{}{}}
		b.accounts[key] = a
	}
	return a
}

// Allowance is what is left of a budget.
type Allowance struct {
	PerMonth, Left int
	RenewsAt       time.Time
}

// Left is how many cells the organisation may still be shown of an edition this month; nil where there is no limit.
func (b *Budgets) Left(ctx context.Context, organisation, edition string) (*Allowance, error) {
	a := b.of(organisation, edition)
	if a == nil {
		return nil, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.catchUp(ctx); err != nil {
		return nil, err
	}
	return &Allowance{b.limit, max(0, b.limit-len(a.seen)), a.renews()}, nil
}

// spend records cells before they are shown. When they do not fit any more, nothing is recorded.
func (a *account) spend(ctx context.Context, cells []uint64) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.loaded {
		if err := a.catchUp(ctx); err != nil {
			return err
		}
	}
	fresh := map[uint64]struct{}{}
	for _, c := range cells {
		if _, known := a.seen[c]; !known {
			fresh[c] = struct{}{}
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := a.catchUp(ctx); err != nil {
		return err
	}
	list := make([]uint64, 0, len(fresh))
	for c := range fresh {
		if _, known := a.seen[c]; !known {
			list = append(list, c)
		}
	}
	if left := a.budgets.limit - len(a.seen); len(list) > left {
		return limit("", "this asks for %d figures that %s was not shown yet, and of edition %s it may be shown %d more before %s: ask for less, or again then",
			len(list), a.Organisation, a.Edition, max(0, left), a.renews().Format(time.DateOnly))
	}
	if err := a.budgets.ledger.Spend(ctx, a.Account, list); err != nil {
		return err
	}
	for _, c := range list {
		a.seen[c] = struct{}{}
	}
	return nil
}

// catchUp reads what was recorded since it was last read. a.mu is held.
func (a *account) catchUp(ctx context.Context) error {
	cells, read, err := a.budgets.ledger.Spent(ctx, a.Account, a.read)
	if err != nil {
		return err
	}
	for _, c := range cells {
		a.seen[c] = struct{}{}
	}
	a.read, a.loaded = read, true
	return nil
}

// renews is the first moment of the next month.
func (a *account) renews() time.Time {
	month, _ := time.Parse("2006-01", a.Period) // written by of
	return month.AddDate(0, 1, 0)
}
