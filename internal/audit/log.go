// Package audit writes the audit log and proves that nobody changed it. Entries form a chain: each holds a hash of itself
// and of the one before, so a line can't be changed or taken out without all after it being made anew, and whoever keeps a
// copy of the chain's end elsewhere notices that too.
package audit

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"kantong/internal/registry"
)

// commitTimeout bounds one commit: a caller waits no longer than twice that for a ledger that doesn't answer.
const commitTimeout = 30 * time.Second

// textBytes is the most that is kept of each text of an entry. Clients choose some of them.
const textBytes = 1000

// secret is what may be an NIK or a family-card number, however it is parted, or an API key. Clients choose purposes and
// names of operations, and nothing in the log may name a person or open a door.
var secret = regexp.MustCompile(`[0-9](?:[^0-9A-Za-z]{0,3}[0-9]){15,}|kantong_[A-Za-z0-9_-]{20,}`)

// hidden stands for what may be a secret.
const hidden = "(hidden)"

// Hide is a text that a client chose, without what may be a number of a person or a card, or a key.
func Hide(text string) string { return secret.ReplaceAllLiteralString(text, hidden) }

// replacement stands for what a database can't hold.
const replacement = string(utf8.RuneError)

// Log writes entries to a ledger. It is safe for concurrent use and needs no end: it has no goroutine of its own.
type Log struct {
	ledger     registry.Ledger
	committing sync.Mutex // held during a commit
	mu         sync.Mutex // of what follows
	waiting    *batch     // to be committed next; nil when nobody waits
}

// batch is what is committed together.
type batch struct {
	entries []registry.AuditEntry
	done    chan struct{} // closed after the commit
	err     error         // of the commit, to be read after done
}

// NewLog gives the log of a ledger. Entries are committed together only when they come through one Log.
func NewLog(ledger registry.Ledger) *Log { return &Log{ledger: ledger} }

// Write adds an entry to the end of the log and returns when it is durable; Sequence and Hash of the entry don't matter.
// It is written even if ctx ends: what it records has happened. On an error nothing is sure to be written, and what
// happened should be told to nobody.
func (l *Log) Write(ctx context.Context, entry registry.AuditEntry) error {
	b, first := l.join(tidied(entry))
	if !first {
		<-b.done
		return b.err
	}
	// Whoever comes first leads: it waits for the commit under way, while others join, and then commits for all of them.
	l.committing.Lock()
	defer l.committing.Unlock()
	l.seal()
	l.commit(ctx, b)
	return b.err
}

// join puts an entry into the batch that is committed next, and tells whether it is the batch's first.
func (l *Log) join(entry registry.AuditEntry) (b *batch, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first = l.waiting == nil; first {
		l.waiting = &batch{done: make(chan struct{})}
	}
	l.waiting.entries = append(l.waiting.entries, entry)
	return l.waiting, first
}

// seal lets nobody join the batch any more.
func (l *Log) seal() {
	l.mu.Lock()
	l.waiting = nil
	l.mu.Unlock()
}

func (l *Log) commit(ctx context.Context, b *batch) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	defer close(b.done)
	b.err = fmt.Errorf("the commit of the audit log was not ended") // what others hear when the ledger panics
	if _, err := l.ledger.AppendAudit(ctx, b.entries); err != nil {
		b.err = fmt.Errorf("write the audit log: %w", err)
		return
	}
	b.err = nil
}

// tidied gives an entry that every ledger takes as it is. One that a ledger refuses would take those committed with it
// along: a client could keep others' entries out.
func tidied(e registry.AuditEntry) registry.AuditEntry {
	for _, text := range []*string{&e.Organisation, &e.Purpose, &e.Operation} { // hashes and ids may hold as many digits
		*text = Hide(*text)
	}
	for _, text := range []*string{&e.KeyID, &e.Organisation, &e.Purpose, &e.Action, &e.Operation, &e.SHA256, &e.RequestID} {
		*text = clipped(*text)
	}
	e.Outcome = registry.Code(clipped(string(e.Outcome)))
	e.Fields, e.States = clippedAll(e.Fields), clippedAll(e.States)
	e.At = e.At.UTC().Truncate(time.Microsecond)
	return e
}

func clippedAll(list []string) (out []string) {
	for _, text := range list {
		out = append(out, clipped(text))
	}
	return out
}

// clipped gives a text without what a database can't hold, cut to textBytes at a character.
func clipped(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, replacement), "\x00", replacement)
	if len(text) <= textBytes {
		return text
	}
	end := textBytes
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}
