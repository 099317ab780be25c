package registry

import (
	"crypto/sha256"
	"time"
)

// AuditEntry is one line of the audit log: who did what, why, and how much it showed. It holds no figure, no argument
// and no household.
type AuditEntry struct {
	Sequence int64 // from 1, without a gap
	At       time.Time
	KeyID    string // "" for the command line
	Role     Role
	Organisation,
	Purpose string // as stated
	Action    string   // "query", "mutation", or a command, such as "import households"
	Operation string   // name that the client gave the operation, or what a command worked on
	SHA256    string   // of the query's text, in hexadecimal; "" for a command
	Fields    []string // root fields asked for
	States    []string // states answered from, or the edition that was changed
	Rows      int64    // households shown one by one
	Outcome   Code     // "" when all went well, else the first error's
	RequestID string
	Hash      [32]byte // of the entry and the one before it
}

// AuditHead is the end of the chain. Whoever keeps a copy of it elsewhere can tell later whether the log up to there is
// still what it was.
type AuditHead struct {
	Sequence int64
	Hash     [32]byte
}

// Chain gives the hash that the entry has as the successor of another: SHA-256 of that one's hash and of every member of
// the entry but Hash. Time counts to the microsecond, which every store keeps.
func (e *AuditEntry) Chain(previous [32]byte) [32]byte {
	c := NewContentHash()
	c.begin('L')
	c.buf = append(c.buf, previous[:]...)
	c.ints(e.Sequence, e.At.UnixMicro(), int64(e.Role), e.Rows)
	c.text(e.KeyID, e.Organisation, e.Purpose, e.Action, e.Operation, e.SHA256, string(e.Outcome), e.RequestID)
	for _, list := range [][]string{e.Fields, e.States} {
		c.ints(int64(len(list)))
		c.text(list...)
	}
	c.end()
	return [sha256.Size]byte(c.h.Sum(nil))
}
