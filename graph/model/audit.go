package model

import (
	"encoding/hex"
	"strconv"
	"time"

	"kantong/internal/audit"
	"kantong/internal/registry"
)

// AuditEntry is a line of the audit log.
type AuditEntry struct{ registry.AuditEntry }

func (e *AuditEntry) Sequence() int         { return int(e.AuditEntry.Sequence) }
func (e *AuditEntry) Rows() int             { return int(e.AuditEntry.Rows) }
func (e *AuditEntry) KeyID() *string        { return optional(e.AuditEntry.KeyID) }
func (e *AuditEntry) Organisation() *string { return optional(e.AuditEntry.Organisation) }
func (e *AuditEntry) Purpose() *string      { return optional(e.AuditEntry.Purpose) }
func (e *AuditEntry) Operation() *string    { return optional(e.AuditEntry.Operation) }
func (e *AuditEntry) QueryHash() *string    { return optional(e.SHA256) }
func (e *AuditEntry) Outcome() *string      { return optional(string(e.AuditEntry.Outcome)) }
func (e *AuditEntry) RequestID() *string    { return optional(e.AuditEntry.RequestID) }
func (e *AuditEntry) Hash() string          { return hex.EncodeToString(e.AuditEntry.Hash[:]) }
func (e *AuditEntry) Fields() []string      { return notNil(e.AuditEntry.Fields) }
func (e *AuditEntry) States() []string      { return notNil(e.AuditEntry.States) }
func (e *AuditEntry) At() time.Time         { return e.AuditEntry.At }

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// AuditEdge is an entry in the log.
type AuditEdge struct {
	Cursor string
	Node   *AuditEntry
}

// AuditConnection is a page of the log.
type AuditConnection struct {
	Edges    []AuditEdge
	PageInfo PageInfo
}

// AuditPage makes the page of first entries; list may hold one more, which tells that more follow.
func AuditPage(list []registry.AuditEntry, first int) *AuditConnection {
	c := &AuditConnection{Edges: []AuditEdge{}}
	if c.PageInfo.HasNextPage = len(list) > first; c.PageInfo.HasNextPage {
		list = list[:first]
	}
	for _, e := range list {
		c.Edges = append(c.Edges, AuditEdge{strconv.FormatInt(e.Sequence, 10), &AuditEntry{e}})
	}
	if n := len(c.Edges); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edges[0].Cursor, &c.Edges[n-1].Cursor
	}
	return c
}

// AuditHead is the end of the log.
type AuditHead struct{ registry.AuditHead }

func (h *AuditHead) Sequence() int { return int(h.AuditHead.Sequence) }
func (h *AuditHead) Hash() string  { return hex.EncodeToString(h.AuditHead.Hash[:]) }
func (h *AuditHead) Text() string  { return audit.HeadText(h.AuditHead) }
