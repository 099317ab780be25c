package audit

import (
	"context"
	"fmt"
	"iter"

	"kantong/internal/registry"
)

// pageEntries is how many entries are read at a time.
const pageEntries = 1000

// Entries reads the log in pages, from the entry after a sequence number to the end. Where one can't be read because it was
// changed, those before it come first, then the error, which is CONFLICT.
func Entries(ctx context.Context, ledger registry.Ledger, after int64) iter.Seq2[registry.AuditEntry, error] {
	return func(yield func(registry.AuditEntry, error) bool) {
		size := pageEntries
		for {
			page, err := ledger.Audit(ctx, after, size)
			if registry.CodeOf(err) == registry.CodeConflict && size > 1 {
				size = 1
				continue
			}
			if err != nil {
				yield(registry.AuditEntry{}, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
			if len(page) == 0 || page[len(page)-1].Sequence <= after { // a ledger that goes back would be read for ever
				return
			}
			after = page[len(page)-1].Sequence
		}
	}
}

// What can be wrong with a line of the log.
const (
	Changed    = "was changed, or the one before it was"
	Unreadable = "can't be read: it was changed"
	Missing    = "is missing"
	OutOfOrder = "is out of order"
	Removed    = "is gone: lines were removed from the end of the log"
	Replaced   = "is not what it was: it or lines before it were replaced, and the hashes after that made anew"
)

// Fault is the first line that doesn't fit, and what is wrong with it: one of the constants above.
type Fault struct {
	Sequence int64
	What     string
}

func (f Fault) String() string { return fmt.Sprintf("line %d %s", f.Sequence, f.What) }

// Result says how far a log is what it was.
type Result struct {
	Entries int64              // that fit, from the beginning
	Head    registry.AuditHead // of the last that fits
	Fault   *Fault             // nil when all do
}

// Verify walks the log from its beginning and computes the chain anew. A head that was kept elsewhere (or the zero value)
// tells more than the chain alone: whoever can write the ledger can make all hashes anew, or remove the last lines. The
// error is one of reading; a fault is a result.
func Verify(ctx context.Context, ledger registry.Ledger, kept registry.AuditHead) (r Result, err error) {
	// What the ledger says its end is, is a head like the one that was kept. It is asked for first: the log may grow meanwhile.
	said, err := ledger.AuditHead(ctx)
	if err != nil {
		return r, err
	}
	heads := []registry.AuditHead{kept, said}
	for e, err := range Entries(ctx, ledger, 0) {
		if registry.CodeOf(err) == registry.CodeConflict {
			r.Fault = &Fault{r.Head.Sequence + 1, Unreadable}
			return r, nil
		}
		if err != nil {
			return r, err
		}
		if r.Fault = r.fault(&e, heads); r.Fault != nil {
			return r, nil
		}
		r.Entries, r.Head = r.Entries+1, registry.AuditHead{Sequence: e.Sequence, Hash: e.Hash}
	}
	for _, head := range heads {
		if head.Sequence > r.Head.Sequence {
			r.Fault = &Fault{r.Head.Sequence + 1, Removed}
		}
	}
	return r, nil
}

// fault tells what is wrong with the entry after those that fit; nil when it fits too.
func (r *Result) fault(e *registry.AuditEntry, heads []registry.AuditHead) *Fault {
	next := r.Head.Sequence + 1
	switch {
	case e.Sequence > next:
		return &Fault{next, Missing}
	case e.Sequence < next:
		return &Fault{e.Sequence, OutOfOrder}
	case e.Chain(r.Head.Hash) != e.Hash:
		return &Fault{next, Changed}
	}
	for _, head := range heads {
		if head.Sequence == next && head.Hash != e.Hash {
			return &Fault{next, Replaced}
		}
	}
	return nil
}
